//! The content of what is printed: plain strings in both languages.

use jiff::Timestamp;

/// The name of the file attached to a certificate's PDF.
pub const ATTACHMENT_NAME: &str = "certificate.sd-jwt";

/// One text in Chinese and in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// In simplified Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// The text in both languages.
    pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// A text that is the same in both, such as a name or a number; it is printed once.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            zh: text.clone(),
            en: text,
        }
    }
}

/// A label with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub label: Text,
    /// What it says.
    pub value: Text,
}

impl Line {
    /// A line.
    pub fn new(label: Text, value: Text) -> Self {
        Self { label, value }
    }
}

/// A certificate to print on one page, or two where it says much.
#[derive(Debug, Clone)]
pub struct CertificateSheet {
    /// Who issues it, printed above the title.
    pub issuer: Text,
    /// What it says, in the order to print.
    pub lines: Vec<Line>,
    /// Whether to print the notice that a lawyer has not confirmed the legal bases.
    pub bases_unconfirmed: bool,
    /// The address of the page that checks certificates.
    pub check_address: String,
    /// The compact SD-JWT text: ASCII, at most 2,953 bytes.
    pub compact: String,
    /// When it was issued; the document's only date, so that equal sheets give equal bytes.
    pub issued_at: Timestamp,
}

/// In which languages a document of records is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Languages {
    /// Chinese alone.
    Chinese,
    /// English alone.
    English,
    /// Both, side by side.
    Both,
}

/// One heading with its lines; a record, a look, a filing.
#[derive(Debug, Clone)]
pub struct Section {
    /// How deep it stands: 1 for a part of the document, 2 for one thing in it. Others count as 2.
    pub level: u8,
    /// The heading.
    pub heading: Text,
    /// A sentence or two under the heading.
    pub intro: Option<Text>,
    /// What it says.
    pub lines: Vec<Line>,
}

/// A person's download of what is held about them.
#[derive(Debug, Clone)]
pub struct RecordsSheet {
    /// The title of the document.
    pub title: Text,
    /// A sentence or two under the title.
    pub intro: Option<Text>,
    /// The parts in the order to print.
    pub sections: Vec<Section>,
    /// Which languages to print.
    pub languages: Languages,
    /// When it was made; the document's only date.
    pub made_at: Timestamp,
}
