//! What stays, and what an operator gets.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use limescope::files::saving::{Links, OpenError, Original, SaveError};
use rustix::fs::{XattrFlags, getxattr, setxattr};

use crate::{LIMIT, drop_in, folder, names, open};

#[test]
fn mode_owner_and_attributes_stay_and_the_text_before_is_the_backup() {
    let folder = folder();
    let path = drop_in(folder.path(), "old");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    setxattr(&path, "user.note", b"kept", XattrFlags::empty()).expect("a file system with attributes");
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        std::os::unix::fs::chown(&path, Some(1234), Some(4321)).unwrap();
    }
    let before = path.metadata().unwrap();
    let mut file = open(&path);
    for (new, old) in [("new", "old"), ("newer", "new")] {
        let saved = file.save(new).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
        assert_eq!(std::fs::read_to_string(saved.backup.unwrap()).unwrap(), old);
        let after = path.metadata().unwrap();
        assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
        let mut value = [0; 16];
        let length = getxattr(&path, "user.note", &mut value).unwrap();
        assert_eq!(&value[..length], b"kept");
    }
    assert_eq!(names(path.parent().unwrap()), ["50-servers.conf"]);
    assert_eq!(names(folder.path()), ["agent.conf.d", "agent.conf.d-50-servers.conf.limescope-backup"]);
}

#[test]
fn a_new_file_is_its_owners_alone() {
    let folder = folder();
    let path = folder.path().join("limescope.toml");
    let mut file = open(&path);
    assert_eq!(file.text(), None);
    assert_eq!(file.save("one").unwrap().backup, None);
    assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o600);
    assert_eq!(names(folder.path()), ["limescope.toml"]);
    assert!(file.save("two").unwrap().backup.is_some());
}

#[test]
fn a_link_is_followed_only_knowingly_and_stays_a_link() {
    let folder = folder();
    let target = folder.path().join("target");
    std::fs::write(&target, "old").unwrap();
    let link = folder.path().join("link");
    symlink("target", &link).unwrap();
    let refused = Original::open(&link, LIMIT, Links::Refuse).unwrap_err();
    assert!(matches!(refused, OpenError::Link { .. }), "{refused}");
    assert!(refused.to_string().contains("this is a link to target"), "{refused}");
    let mut file = Original::open(&link, LIMIT, Links::Follow).unwrap();
    let target = target.canonicalize().unwrap();
    assert_eq!((file.path(), file.link(), file.named()), (&*target, Some(&*link), &*link));
    file.save("new").unwrap();
    assert_eq!(file.again().unwrap().named(), link);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "new");
}

#[test]
fn a_link_to_nothing_says_where_it_leads() {
    let folder = folder();
    let link = folder.path().join("link");
    symlink("gone", &link).unwrap();
    let error = Original::open(&link, LIMIT, Links::Follow).unwrap_err();
    assert!(error.to_string().contains("this is a link to gone, which is not there"), "{error}");
    // A link to itself leads nowhere either.
    symlink("loop", folder.path().join("loop")).unwrap();
    assert!(Original::open(&folder.path().join("loop"), LIMIT, Links::Follow).is_err());
}

#[test]
fn somebody_elses_edit_is_never_overwritten() {
    let folder = folder();
    let path = drop_in(folder.path(), "old");
    let mut file = open(&path);
    std::fs::write(&path, "theirs").unwrap();
    match file.save("ours").unwrap_err() {
        SaveError::Changed { theirs, .. } => assert_eq!(theirs.as_deref(), Some("theirs")),
        other => panic!("{other}"),
    }
    assert_eq!(file.changed().unwrap().unwrap().text(), Some("theirs"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
    // Written again as it was: nothing to compare.
    std::fs::write(&path, "old").unwrap();
    assert!(file.changed().unwrap().is_none());
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(file.save("ours").unwrap_err(), SaveError::Changed { theirs: None, .. }));
    symlink("/etc/passwd", &path).unwrap();
    assert!(matches!(file.save("ours").unwrap_err(), SaveError::Changed { .. }));
    let new = folder.path().join("new");
    let mut file = open(&new);
    std::fs::write(&new, "first").unwrap();
    assert!(matches!(file.save("ours").unwrap_err(), SaveError::Changed { .. }));
    assert_eq!(std::fs::read_to_string(&new).unwrap(), "first");
    assert_eq!(names(folder.path()), ["agent.conf.d", "new"], "nothing is left behind");
}

/// Two that save at the same time: the file is always one of theirs, and each
/// that was told "saved" was in it.
#[test]
fn two_that_save_at_once_never_lose_each_others_text_unseen() {
    let folder = folder();
    let path = drop_in(folder.path(), "0");
    let counters: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut saved = 0;
                while saved < 25 {
                    let mut file = open(&path);
                    let number: u32 = file.text().unwrap().parse().unwrap();
                    match file.save(&(number + 1).to_string()) {
                        Ok(_) => saved += 1,
                        Err(SaveError::Changed { .. } | SaveError::Busy { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            })
        })
        .collect();
    counters.into_iter().for_each(|counter| counter.join().unwrap());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "100");
}
