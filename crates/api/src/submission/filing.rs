//! Filing goes on when the one who asked for it has gone; whoever asks again waits for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use model::SubmissionId;
use registry::{Registry, Submission, UploadError};
use tokio::sync::Semaphore;

use crate::problem::{Code, Problem};

/// How many submissions are filed at the same time, so that memory holds.
const AT_ONCE: usize = 2;

/// For how long an answer is waited for. Proxies cut longer silence off.
const PATIENCE: Duration = Duration::from_secs(25);

/// What is being filed now.
pub(crate) struct Filing {
    places: Arc<Semaphore>,
    one_each: Mutex<HashMap<SubmissionId, Weak<tokio::sync::Mutex<()>>>>,
}

impl Default for Filing {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            one_each: Mutex::default(),
        }
    }
}

impl Filing {
    /// Files an upload. Where that takes long it goes on by itself, and the answer is that it is under way.
    pub(super) async fn finish(
        &self,
        registry: &Registry,
        authority: &str,
        id: SubmissionId,
    ) -> Result<Result<Submission, UploadError>, Problem> {
        let (registry, authority) = (registry.clone(), authority.to_owned());
        let (one, places) = (self.one(id), self.places.clone());
        let work = async move {
            let one = one.lock_owned().await;
            let place = places.acquire_owned().await;
            let file = move || {
                // Both go with the work, not with the request.
                let _held = (one, place);
                registry.finish_upload(&authority, id)
            };
            tokio::task::spawn_blocking(file).await
        };
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Problem::new(Code::FilingUnderWay)),
        }
    }

    fn one(&self, id: SubmissionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut one_each = self.one_each.lock().unwrap_or_else(PoisonError::into_inner);
        one_each.retain(|_, one| one.strong_count() > 0);
        if let Some(one) = one_each.get(&id).and_then(Weak::upgrade) {
            return one;
        }
        let one = Arc::default();
        one_each.insert(id, Arc::downgrade(&one));
        one
    }
}
