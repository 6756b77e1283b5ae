//! A Sigstore instance of our own: its bundles pass, each for its own digest, and not with another root.

use limescope::policy::evidence::TrustedRoot;
use limescope::policy::evidence::{IDENTITY, INCLUSION, Status};
use serde_json::json;

use crate::made::{ISSUER, SUBJECT, make};
use crate::{demand, judged};

#[test]
fn what_it_signs_passes_in_trees_of_any_shape() {
    for files in [1, 2, 3, 5, 8, 13] {
        let instance = make(files).unwrap();
        let root = TrustedRoot::read(instance.trusted_root.as_bytes()).unwrap();
        let other = TrustedRoot::read(make(1).unwrap().trusted_root.as_bytes()).unwrap();
        let checks = |subject: &str| {
            [(INCLUSION, json!(true)), (IDENTITY, json!({"issuer": ISSUER, "subject": subject}))]
        };
        let mut before = &instance.bundles.last().unwrap().0;
        for (digest, bundle) in &instance.bundles {
            let asked = |root, digest: &str, subject: &str| {
                judged(root, &demand(digest, &checks(subject)), bundle.as_bytes())
            };
            let outcome = asked(&root, digest, SUBJECT);
            assert_eq!(outcome.status(), Some(Status::Passed), "{files}: {outcome:#?}");
            assert_eq!(asked(&root, digest, "somebody").status(), Some(Status::Failed));
            assert_eq!(asked(&other, digest, SUBJECT).status(), Some(Status::Failed));
            if files > 1 {
                assert_eq!(asked(&root, before, SUBJECT).status(), Some(Status::Failed));
            }
            before = digest;
        }
    }
}
