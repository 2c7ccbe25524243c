//! One promise, proved on every engine.

/// Makes of each function over an [`Engine`](crate::Engine) a module of its name with two tests,
/// `on_sqlite` and `on_postgres`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[doc = $doc:literal])* fn $promise:ident($engine:ident: Engine) $body:block)*) => {$(
        $(#[doc = $doc])*
        mod $promise {
            #[allow(unused_imports, reason = "a promise may need nothing of its file")]
            use super::*;

            fn holds($engine: $crate::Engine) $body

            #[test]
            fn on_sqlite() {
                holds($crate::Engine::Sqlite);
            }

            #[test]
            fn on_postgres() {
                holds($crate::Engine::Postgres);
            }
        }
    )*};
}
