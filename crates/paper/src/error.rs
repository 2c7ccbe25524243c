//! What can go wrong on paper, each with a stable code.

use std::path::PathBuf;

/// A fault while printing or reading back. None of them holds anything of a sheet's content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PaperError {
    /// No main font was found at any of the candidate paths.
    #[error(
        "no font for Chinese found; install Debian's fonts-noto-cjk or name a font (looked at {looked:?})"
    )]
    FontsMissing {
        /// The paths that were tried.
        looked: Vec<PathBuf>,
    },
    /// A font file is there but can't be read as a font.
    #[error("{path}: not a readable font with index {index}", path = path.display())]
    FontUnreadable {
        /// The file.
        path: PathBuf,
        /// The index in a collection; 0 for a plain font.
        index: u32,
    },
    /// The certificate's text isn't a compact SD-JWT.
    #[error("the text is not a compact certificate: expected base64url parts joined by dots and tildes")]
    NotCompact,
    /// The certificate's text doesn't fit a QR code.
    #[error("the certificate has {bytes} bytes, and a QR code holds at most 2953; disclose fewer fields")]
    TooLongForQr {
        /// The length of the compact text in bytes.
        bytes: usize,
    },
    /// The certificate's lines don't fit a page of their own.
    #[error("the certificate's lines do not fit one page; leave some out")]
    DoesNotFit,
    /// The PDF library refused the document.
    #[error("the PDF could not be made: {0}")]
    Pdf(String),
    /// More input than is read: bytes, pixels or text.
    #[error("the file is too large to read; a photo of up to 8 MB and 40 megapixels will do")]
    TooLarge,
    /// Neither PDF, PNG, JPEG, WebP nor a compact text.
    #[error("neither a PDF, a photo (PNG, JPEG, WebP) nor the text of a certificate")]
    UnknownFormat,
    /// The picture can't be decoded.
    #[error("the picture is damaged and can't be opened")]
    Damaged,
    /// There is no certificate in the file.
    #[error("no certificate found in the file; a sharp, straight photo of the whole QR code will do")]
    NothingFound,
    /// The file holds several different certificates.
    #[error("the file holds several different certificates; give one at a time")]
    SeveralFound,
    /// The PDF is encrypted.
    #[error("the PDF is encrypted; save it without a password, or take a photo of its QR code")]
    Encrypted,
}

impl PaperError {
    /// The stable code of this fault, for machines and for the wording of pages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FontsMissing { .. } => "fonts-missing",
            Self::FontUnreadable { .. } => "font-unreadable",
            Self::NotCompact => "not-compact",
            Self::TooLongForQr { .. } => "too-long-for-qr",
            Self::DoesNotFit => "does-not-fit",
            Self::Pdf(_) => "pdf-not-made",
            Self::TooLarge => "too-large",
            Self::UnknownFormat => "unknown-format",
            Self::Damaged => "picture-damaged",
            Self::NothingFound => "nothing-found",
            Self::SeveralFound => "several-found",
            Self::Encrypted => "pdf-encrypted",
        }
    }
}
