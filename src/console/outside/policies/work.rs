//! What a job does.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use super::{Means, Track, catalogue, compare, evidence, picture, rank, read, require, sign, trust};
use crate::console::state::{
    PolicyComparison, PolicyList, PolicyNews, PolicyPicture, PolicySource, PolicyWish, SharedPolicy,
};
use crate::policy::trust::Store;

/// The generation of a wish.
pub(super) fn generation(wish: &PolicyWish) -> u64 {
    match wish {
        PolicyWish::List { generation }
        | PolicyWish::Open { generation, .. }
        | PolicyWish::Find { generation, .. }
        | PolicyWish::Rank { generation, .. }
        | PolicyWish::Explain { generation, .. }
        | PolicyWish::Compare { generation, .. }
        | PolicyWish::Wait { generation }
        | PolicyWish::Cancel { generation }
        | PolicyWish::Trust { generation }
        | PolicyWish::ReadKey { generation, .. }
        | PolicyWish::AddKey { generation, .. }
        | PolicyWish::RemoveKey { generation, .. }
        | PolicyWish::Judge { generation, .. }
        | PolicyWish::Examine { generation, .. }
        | PolicyWish::Export { generation, .. }
        | PolicyWish::Require { generation, .. }
        | PolicyWish::Sign { generation, .. } => *generation,
    }
}

/// Carries a wish out; this may take long.
pub(super) async fn carry_out(wish: PolicyWish, means: Means, track: Arc<Track>) -> PolicyNews {
    match wish {
        PolicyWish::List { generation } => {
            let list = list(&means, &track).await;
            PolicyNews::Listed { generation, list, is_whole: true }
        }
        PolicyWish::Open { generation, source } => {
            let opened = open(source, means, track).await;
            PolicyNews::Opened { generation, opened }
        }
        PolicyWish::Find { generation, policy, place, sought } => {
            let find = move || policy.0.document.find(&sought, place, &|| track.is_given_up());
            match spawn_blocking(find).await {
                Ok(Some(rows)) => PolicyNews::Found { generation, rows: rows.into() },
                _ => PolicyNews::Ended { generation },
            }
        }
        PolicyWish::Rank { generation, policy, rows, statuses, is_reversed } => {
            let rank = move || {
                rank::entries(&policy, rows.as_deref(), &statuses, is_reversed, &|| track.is_given_up())
            };
            match spawn_blocking(rank).await {
                Ok(Some(rows)) => PolicyNews::Found { generation, rows: rows.into() },
                _ => PolicyNews::Ended { generation },
            }
        }
        PolicyWish::Explain { generation, policy, path } => {
            match spawn_blocking(move || policy.0.document.exclusion(&path)).await {
                Ok(lines) => PolicyNews::Explained { generation, lines },
                Err(_) => PolicyNews::Ended { generation },
            }
        }
        PolicyWish::Compare { generation, policy, other } => {
            let compared = compare(policy, other, means, track).await;
            PolicyNews::Compared { generation, compared }
        }
        PolicyWish::Trust { generation } => store(generation, means, |_| Ok(None)).await,
        PolicyWish::AddKey { generation, path, label, fingerprint } => {
            store(generation, means, move |means| trust::add(means, &path, &label, &fingerprint).map(Some))
                .await
        }
        PolicyWish::RemoveKey { generation, fingerprint } => {
            store(generation, means, move |means| trust::remove(means, &fingerprint).map(Some)).await
        }
        PolicyWish::ReadKey { generation, path, label } => {
            let key = spawn_blocking(move || trust::candidate(&path, &label)).await;
            let key = key.unwrap_or_else(|error| Err(error.to_string()));
            PolicyNews::Key { generation, key }
        }
        PolicyWish::Sign { file, sha256, key, out, .. } => {
            let sign = move || sign::sign(&file, &sha256, &key, &out, &means, &track);
            let signed = spawn_blocking(sign).await;
            PolicyNews::Signed(signed.unwrap_or_else(|error| Err(error.to_string())))
        }
        PolicyWish::Judge { generation, policy, place } => {
            let of = Arc::clone(&track);
            let judge = move || evidence::judge(&policy, &place, Timestamp::now(), &of);
            let ended = spawn_blocking(judge).await.unwrap_or_else(|error| Err(error.to_string()));
            let (batch, progress) = (track.take_judged(), track.progress());
            PolicyNews::Judged { generation, batch, progress, ended: Some(ended) }
        }
        PolicyWish::Examine { generation, policy, demand, evidence } => {
            let explain = move || evidence.0.source.explain(&policy, demand);
            let examined = match spawn_blocking(explain).await {
                Ok(Some(explanation)) => Ok(Arc::new(explanation)),
                Ok(None) => Err("the policy demands nothing there".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            PolicyNews::Examined { generation, examined }
        }
        PolicyWish::Export { file, report, sha256, .. } => {
            let written = spawn_blocking(move || evidence::export(&file, &report, &sha256)).await;
            PolicyNews::Exported(written.unwrap_or_else(|error| Err(error.to_string())))
        }
        PolicyWish::Require { generation, policy, digests, requirement, file } => {
            let write = move || require::write(&policy, &digests, &requirement, &file);
            let required = spawn_blocking(write).await.unwrap_or_else(|error| Err(error.to_string()));
            PolicyNews::Required { generation, required }
        }
        PolicyWish::Wait { generation } | PolicyWish::Cancel { generation } => {
            PolicyNews::Ended { generation }
        }
    }
}

/// Reads and judges a policy.
async fn open(source: PolicySource, means: Means, track: Arc<Track>) -> Result<Arc<PolicyPicture>, String> {
    let text = read::text(&source, &means, &track).await?;
    let judge = move || picture::picture(&source, text, &means, &track);
    spawn_blocking(judge).await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Compares the open policy with another one, which is read and judged too.
async fn compare(
    policy: SharedPolicy,
    other: PolicySource,
    means: Means,
    track: Arc<Track>,
) -> Result<Arc<PolicyComparison>, String> {
    let right = open(other, means, Arc::clone(&track)).await?;
    let compare = move || compare::comparison(&policy.0, &right, &track);
    spawn_blocking(compare).await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Does something to the trust store, and reads it.
async fn store(
    generation: u64,
    means: Means,
    act: impl FnOnce(&Means) -> Result<Option<String>, String> + Send + 'static,
) -> PolicyNews {
    let act = move || {
        let done = act(&means)?;
        Ok((trust::picture(&means)?, done))
    };
    match spawn_blocking(act).await.unwrap_or_else(|error| Err(error.to_string())) {
        Ok((picture, done)) => PolicyNews::Trust { generation, trust: Ok(picture), done },
        Err(words) => PolicyNews::Trust { generation, trust: Err(words), done: None },
    }
}

/// Lists what every group has; what is known so far is told as it comes.
async fn list(means: &Means, track: &Track) -> PolicyList {
    let Some(policies) = &means.policies else {
        return PolicyList { words: "nobody asks the servers here".to_owned(), ..PolicyList::default() };
    };
    // Whom the operator trusts may have changed since the last look.
    let reader = means.clone();
    match spawn_blocking(move || trust::trusted(&reader)).await {
        Ok(Ok(store)) => policies.trust(store),
        // Nobody is trusted by a store that cannot be read; its page says why.
        Ok(Err(words)) => {
            tracing::warn!(%words, "the trust store");
            policies.trust(Store::default());
        }
        Err(error) => tracing::error!(%error, "the trust store"),
    }
    let mut survey = policies.begin_survey();
    loop {
        let surveyed = Arc::clone(&survey.pictures.borrow_and_update());
        let list = catalogue::list(&surveyed, Timestamp::now());
        if surveyed.is_finished {
            return list;
        }
        // Not before the first list came: nothing is not the same as none.
        if !surveyed.catalogue.groups.is_empty() {
            track.list(list.clone());
        }
        if survey.pictures.changed().await.is_err() {
            return list;
        }
    }
}
