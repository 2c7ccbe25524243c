//! What handlers share.

use std::sync::Arc;

use http::Uri;
use profile::Language;
use registry::Registry;

use crate::{Options, keys::KeyCache, status_list::ListCache, submission::Filing, trust::TrustCache};

/// The registry and what is kept beside it for a few seconds.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

struct Inner {
    registry: Registry,
    options: Options,
    scheme: String,
    authority: String,
    keys: KeyCache,
    lists: ListCache,
    trust: TrustCache,
    filing: Filing,
}

impl Shared {
    pub(crate) fn new(registry: Registry, options: Options) -> Self {
        // An address that is none gives an authority that no signature fits: everything signed is refused.
        let uri: Uri = registry.public_url().parse().unwrap_or_default();
        Self(Arc::new(Inner {
            scheme: uri.scheme_str().unwrap_or("https").to_owned(),
            authority: uri.authority().map(ToString::to_string).unwrap_or_default(),
            registry,
            options,
            keys: KeyCache::default(),
            lists: ListCache::default(),
            trust: TrustCache::default(),
            filing: Filing::default(),
        }))
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(crate) fn options(&self) -> Options {
        self.0.options
    }

    /// The scheme of the public address.
    pub(crate) fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// Host and port of the public address, as requests are signed for it.
    pub(crate) fn authority(&self) -> &str {
        &self.0.authority
    }

    pub(crate) fn keys(&self) -> &KeyCache {
        &self.0.keys
    }

    pub(crate) fn lists(&self) -> &ListCache {
        &self.0.lists
    }

    pub(crate) fn trust(&self) -> &TrustCache {
        &self.0.trust
    }

    pub(crate) fn filing(&self) -> &Filing {
        &self.0.filing
    }

    /// The installation's own language.
    pub(crate) fn language(&self) -> Language {
        self.0
            .registry
            .profile()
            .languages
            .first()
            .copied()
            .unwrap_or(Language::Zh)
    }
}
