//! The signature base: the text that is signed (RFC 9421, section 2.5).

use crate::{Request, SignatureError};

/// Writes the base of a request for components and the exact text of their inner list with parameters.
pub(crate) fn signature_base(
    request: &Request<'_>,
    components: &[String],
    input: &str,
) -> Result<Vec<u8>, SignatureError> {
    let mut base = Vec::new();
    for name in components {
        base.extend_from_slice(format!("\"{name}\": ").as_bytes());
        base.extend_from_slice(&request.component(name)?);
        base.push(b'\n');
    }
    base.extend_from_slice(format!("\"@signature-params\": {input}").as_bytes());
    Ok(base)
}
