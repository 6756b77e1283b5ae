//! Folders of vendor roots as they are found: with what is old, damaged or something else.

use std::path::Path;

use limescope::tasks::identity::{UnusableCertificate, VendorFolderError, read_vendor_folder};

use crate::makers::{Maker, authority, endorsement_key, pem, today};

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn what_vouches_for_nothing_is_named_and_the_others_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let good = Maker::root("Good");
    let mut old = authority("Old");
    old.not_after = rcgen::date_time_ymd(2021, 1, 1);
    write(folder.path(), "1-good.der", &good.der);
    write(folder.path(), "2-old.pem", pem(&Maker::root_of(old).der));
    write(folder.path(), "3-half.pem", format!("{0}{1}", pem(&good.der), pem(&good.der).replace("MI", "!!")));
    write(folder.path(), "4-odd.pem", pem(b"123"));
    let lost = Maker::root("Elsewhere").below(authority("Lost"));
    write(folder.path(), "5-lost.pem", pem(&lost.der));
    write(folder.path(), "README", "hello");
    let read = read_vendor_folder(folder.path(), today()).unwrap();
    assert!(read.roots.root_behind(&good.endorses(&endorsement_key(1))).is_ok());
    let said = |one: &UnusableCertificate| {
        format!("{}: {}", one.file.file_name().unwrap().to_str().unwrap(), one.why)
    };
    let mut said: Vec<_> = read.unusable.iter().map(said).collect();
    said.sort();
    assert_eq!(
        said,
        [
            "2-old.pem: the vendor certificate CN=Old has expired",
            "3-half.pem: the PEM text of 1 of its 2 certificates is damaged",
            "4-odd.pem: it is no X.509 certificate",
            "5-lost.pem: the vendor certificate CN=Lost leads to no root: its issuer is not among the vendor \
             certificates",
        ]
    );
    let remarks = read.remarks();
    assert!(remarks[0].starts_with("4 certificates of TPM makers vouch for nothing ("), "{remarks:?}");
    assert!(remarks[0].ends_with("; …)"), "{remarks:?}");
    assert!(
        remarks[1].starts_with("1 file in the folder of vendor roots held no certificate ("),
        "{remarks:?}"
    );
    assert_eq!(remarks.len(), 2);
}

#[test]
fn a_folder_of_good_certificates_needs_no_remark() {
    let folder = tempfile::tempdir().unwrap();
    let root = Maker::root("Good");
    std::fs::create_dir(folder.path().join("good")).unwrap();
    write(folder.path(), "good/root.pem", pem(&root.der));
    write(folder.path(), "good/below.pem", pem(&root.below(authority("Below")).der));
    let read = read_vendor_folder(folder.path(), today()).unwrap();
    assert_eq!((read.roots.len(), read.roots.roots(), read.remarks()), (2, 1, Vec::new()));
}

#[test]
fn names_of_files_reach_no_screen_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.der", Maker::root("Good").der);
    write(folder.path(), "\u{1b}[31m\u{202e}.pem", pem(b"123"));
    let remarks = read_vendor_folder(folder.path(), today()).unwrap().remarks();
    assert!(remarks[0].contains("\\u{1b}[31m\\u{202e}.pem"), "{remarks:?}");
    let nowhere = read_vendor_folder(&folder.path().join("\u{1b}"), today()).unwrap_err();
    assert!(matches!(nowhere, VendorFolderError::Folder { .. }));
    assert!(!nowhere.to_string().contains('\u{1b}'), "{nowhere}");
}
