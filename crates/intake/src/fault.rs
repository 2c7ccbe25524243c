//! What can be wrong with a file or a row: one stable code each, with a plain sentence and what would be
//! right, in Chinese and English. No message holds anything from a cell, so all of them may be logged.

use std::{borrow::Cow, fmt, str::FromStr};

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Text2 {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Text2 {
    const fn of(zh: &'static str, en: &'static str) -> Self {
        Self {
            zh: Cow::Borrowed(zh),
            en: Cow::Borrowed(en),
        }
    }
}

/// A text is not the code of a fault.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("not the code of a fault")]
pub struct UnknownCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $zh:literal, $en:literal; $zh_right:literal, $en_right:literal;)*) => {
        /// The stable code of a fault. Codes are part of the interface: they are added, never changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FaultCode { $($(#[$doc])* $name,)* }

        impl FaultCode {
            /// Every one of them, in the order of the definition.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$name,)*];

            /// The code as it stands in answers and files.
            pub const fn as_str(self) -> &'static str {
                match self { $(FaultCode::$name => $code,)* }
            }

            /// What is wrong.
            pub const fn message(self) -> Text2 {
                match self { $(FaultCode::$name => Text2::of($zh, $en),)* }
            }

            /// What would be right.
            pub const fn expected(self) -> Text2 {
                match self { $(FaultCode::$name => Text2::of($zh_right, $en_right),)* }
            }
        }
    };
}

codes! {
    // The file as a whole.
    /// The file is neither CSV, JSON Lines nor XLSX.
    FormatUnknown = "format-unknown": "无法识别文件格式", "the format of the file was not recognised";
        "请报送 CSV、JSON Lines 或 XLSX 文件", "send a CSV, JSON Lines or XLSX file";
    /// The named encoding is not one that is read.
    EncodingUnknown = "encoding-unknown": "不支持所声明的字符编码", "the named character encoding is not supported";
        "请使用 UTF-8 或 GB18030", "use UTF-8 or GB18030";
    /// The file is in UTF-16.
    EncodingUtf16 = "encoding-utf16": "文件采用 UTF-16 编码", "the file is encoded in UTF-16";
        "请另存为 UTF-8 或 GB18030 后再报送", "save it as UTF-8 or GB18030 and send it again";
    /// The file holds no heading row, or nothing at all.
    FileEmpty = "file-empty": "文件是空的", "the file is empty";
        "文件应有标题行和至少一行数据", "a row of headings and at least one row of data";
    /// The file holds headings and nothing below them.
    NoRows = "no-rows": "标题行下没有任何数据行", "there are no rows below the headings";
        "请在标题行下至少填写一行数据", "at least one row of data below the headings";
    /// The file could not be read as what it says it is.
    FileDamaged = "file-damaged": "文件不完整或已损坏", "the file is cut short or damaged";
        "请重新导出文件后再报送", "export the file anew and send it again";
    /// The file is protected by a password, or an old binary spreadsheet.
    FileEncrypted = "file-encrypted": "文件设有密码，或是旧式二进制表格", "the file has a password or is an old binary spreadsheet";
        "请另存为不设密码的 XLSX 文件", "save it as an XLSX file without a password";
    /// The spreadsheet holds macros.
    FileMacros = "file-macros": "文件含有宏", "the file contains macros";
        "请另存为不含宏的 XLSX 文件", "save it as an XLSX file without macros";
    /// The archive unpacks to more than is taken.
    FileTooLarge = "file-too-large": "文件解压后过大", "the file unpacks to more than is taken";
        "请分成较小的文件，或改用 CSV 报送", "send it in smaller files, or as CSV";
    /// The file could not be read from where it lies.
    FileUnreadable = "file-unreadable": "读取文件时发生错误", "the file could not be read";
        "请重新上传文件", "send the file again";
    /// The heading row has more columns than are taken.
    TooManyColumns = "too-many-columns": "列数过多", "there are too many columns";
        "最多 1,000 列", "at most 1,000 columns";
    /// A heading that the record type does not have.
    HeadingUnknown = "heading-unknown": "该记录类型没有这一列", "this kind of record has no such column";
        "请删去此列：只收规定的字段", "leave the column out: only the listed fields are taken";
    /// A heading that stands twice.
    HeadingTwice = "heading-twice": "同一字段出现了两列", "two columns hold the same field";
        "每个字段只能有一列", "one column for each field";
    /// A heading that must be there.
    HeadingMissing = "heading-missing": "缺少必需的列", "a required column is missing";
        "请补上此列", "add the column";

    // The row as a row.
    /// The row has another number of cells than the heading row.
    Columns = "columns": "本行的列数与标题行不一致", "the row has another number of cells than the headings";
        "每行的列数应与标题行相同", "as many cells in each row as there are headings";
    /// Bytes that are not text in the file's encoding.
    Encoding = "encoding": "含有无法按文件编码识别的字符", "some characters could not be read in the file's encoding";
        "整个文件应采用同一种编码：UTF-8 或 GB18030", "one encoding for the whole file: UTF-8 or GB18030";
    /// Quotation marks that do not pair.
    QuoteUnclosed = "quote-unclosed": "引号没有成对", "a quotation mark has no partner";
        "含逗号、引号或换行的内容应放在一对双引号内，内容中的双引号写两次",
        "put text with commas, quotes or line breaks between two quotation marks, and double those inside it";
    /// The row is longer than is taken.
    RowTooLong = "row-too-long": "本行过长", "the row is too long";
        "每行不超过 1 MiB", "at most 1 MiB a row";
    /// A cell is longer than is taken.
    CellTooLong = "cell-too-long": "内容过长", "the text is too long";
        "每格不超过 16,384 个字符", "at most 16,384 characters in a cell";
    /// Control characters.
    ControlCharacters = "control-characters": "含有不可见的控制字符", "there are control characters in the text";
        "请删去控制字符", "take the control characters out";
    /// A spreadsheet formula.
    Formula = "formula": "内容是公式", "the cell holds a formula";
        "请填写数值或文字本身", "write the value itself";
    /// A line that is not a JSON object of plain values.
    JsonMalformed = "json-malformed": "本行不是完整的 JSON 对象", "the line is not a whole JSON object";
        "每行一个 JSON 对象，值为文字、数字或空", "one JSON object a line, each value a text, a number or null";
    /// A field that the record type does not have.
    FieldUnknown = "field-unknown": "该记录类型没有这一字段", "this kind of record has no such field";
        "请删去此字段：只收规定的字段", "leave the field out: only the listed fields are taken";
    /// A field that stands twice in one JSON object.
    FieldTwice = "field-twice": "同一字段出现了两次", "the field stands twice";
        "每个字段只写一次", "each field once";

    // The fields.
    /// A required field without a code of its own is empty.
    FieldMissing = "field-missing": "缺少必填内容", "a required field is empty";
        "请填写此项", "fill the field in";
    /// No name.
    NameMissing = "name-missing": "没有姓名", "the name is missing";
        "请填写证件上的姓名", "the name as it stands on the identity document";
    /// The identity number is missing or has another length.
    IdLength = "id-length": "证件号码长度不对", "the identity number has the wrong length";
        "请按证件核对号码的位数", "as many characters as on the identity document";
    /// The identity number holds characters that do not belong.
    IdCharacters = "id-characters": "证件号码含有不应有的字符", "the identity number has characters that do not belong";
        "请按证件核对号码", "the number as it stands on the identity document";
    /// The date of birth in the identity number does not exist.
    IdBirthDate = "id-birth-date": "证件号码中的出生日期不存在", "the date of birth in the identity number does not exist";
        "请按证件核对号码", "the number as it stands on the identity document";
    /// The check digit of the identity number does not fit.
    IdCheckDigit = "id-check-digit": "证件号码的校验码不符", "the check digit of the identity number does not fit";
        "请按证件核对号码", "the number as it stands on the identity document";
    /// A kind of identity document that the profile does not have.
    IdTypeUnknown = "id-type-unknown": "不支持这种证件类型", "this kind of identity document is not known";
        "请使用规定的证件类型", "one of the kinds that the profile lists";
    /// The identity number came out of a number cell and may have lost digits.
    IdNumberAsNumber = "id-number-as-number": "证件号码存成了数字，末位可能已失真",
        "the identity number was stored as a number and may have lost digits";
        "请将此列设为文本后重新填写", "make the column text and enter the number again";
    /// The person is under 18.
    UnderAge = "under-age": "本人未满十八周岁，不收此类记录", "the person is under 18, and nobody under 18 has a record";
        "请勿报送未成年人的记录", "do not file records about children";
    /// Not a date.
    DateInvalid = "date-invalid": "日期不存在或写法不对", "the date does not exist or is written in another way";
        "请写成 2026-01-31", "a date such as 2026-01-31";
    /// A date that cannot lie ahead does.
    DateFuture = "date-future": "日期晚于今天", "the date lies ahead";
        "已发生的事项，日期不能晚于今天", "today or earlier";
    /// The end lies before the start.
    PeriodReversed = "period-reversed": "截止日期早于起始日期", "the end lies before the start";
        "截止日期不早于起始日期", "an end on or after the start";
    /// The row belongs to another authority than the one that files it.
    AuthorityMismatch = "authority-mismatch": "机关与报送机关不一致", "the authority is not the one that files";
        "各机关只报送自己作出的记录", "each authority files its own records";
    /// No legal basis.
    BasisMissing = "basis-missing": "没有法律依据", "the legal basis is missing";
        "请填写法律依据的代号", "the code of the legal basis";
    /// A legal basis that the profile does not have.
    BasisUnknown = "basis-unknown": "法律依据不在目录内", "the legal basis is not known";
        "请使用目录内的法律依据代号", "the code of a legal basis that the profile lists";
    /// A legal basis that does not cover this kind of record, authority or day.
    BasisScope = "basis-scope": "该法律依据不适用于本记录", "the legal basis does not cover this record";
        "请使用适用于该类记录、该机关和该日期的法律依据", "a legal basis for this kind of record, authority and day";
    /// Not an amount of money.
    FineInvalid = "fine-invalid": "金额不对", "the amount is not right";
        "请填写不小于零的数，最多六位小数", "a number of zero or more, with six decimals at most";
    /// Not a number of hours.
    HoursInvalid = "hours-invalid": "学时不对", "the number of hours is not right";
        "请填写大于零的学时", "a number of hours above zero";
    /// Not a number.
    NumberInvalid = "number-invalid": "数字不对", "the number is not right";
        "请填写规定范围内的数字", "a number within the allowed range";
    /// The notice of remedies is missing.
    RemedyMissing = "remedy-missing": "没有救济途径告知", "the notice of remedies is missing";
        "请写明如何申请行政复议或提起诉讼", "say how the decision can be reviewed or appealed";
    /// The end of the disclosure period is missing.
    DisclosureEndMissing = "disclosure-end-missing": "没有公示截止期", "the end of the disclosure period is missing";
        "请填写公示截止期", "the last day on which the record is shown";
    /// The number of the document is missing.
    DocumentMissing = "document-missing": "没有文书号", "the number of the document is missing";
        "请填写决定文书号", "the number of the document";
    /// The licence number is missing.
    LicenceMissing = "licence-missing": "没有许可编号", "the licence number is missing";
        "请填写许可编号", "the number of the licence";
    /// A value that is not one of the listed ones.
    ChoiceUnknown = "choice-unknown": "内容不在可选范围内", "the value is not one of those listed";
        "请使用规定的选项", "one of the listed values";

    // What only the registry can know.
    /// The licence is not known for this person.
    LicenceUnknown = "licence-unknown": "未查到本人的该项许可", "this person's licence is not known here";
        "请先报送许可，或核对许可编号和证件号码", "file the licence first, or check the licence and identity numbers";
    /// The same document was filed with other content.
    DocumentConflict = "document-conflict": "同一文书号已报送过不同内容", "this document was filed before with other content";
        "如需改正，请作为更正报送", "file it as a correction if it is to be put right";
    /// The identity number is known under another name.
    NameMismatch = "name-mismatch": "证件号码与已有姓名不一致", "the identity number is known under another name";
        "请与有关机关核实姓名和号码", "clear up name and number with the other authority";
    /// A correction of a record that is not there.
    CorrectionUnknown = "correction-unknown": "未查到要更正的记录", "there is no record to correct";
        "请先报送原记录，或核对文书号", "file the record first, or check the number of the document";
    /// A document whose record has ended comes in again.
    RecordEnded = "record-ended": "该文书号的记录已撤销、修复或删除", "the record of this document was withdrawn, restored or erased";
        "确需再次报送的，请先由监督员核实", "a reviewer certifies first that it is right";
    /// A correction that changes nothing.
    CorrectionSame = "correction-same": "更正内容与现有记录相同", "the correction changes nothing";
        "请填写更正后的内容", "the content as it should be";
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FaultCode {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or(UnknownCode)
    }
}

impl serde::Serialize for FaultCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
        #[error("{code}: {}; right would be: {}", message.en, expected.en)]
        pub struct $name {
            /// The stable code.
            pub code: FaultCode,
            /// The heading of the column, as sent, where one column is at fault.
            pub column: Option<String>,
            /// What is wrong. Holds nothing from a cell.
            pub message: Text2,
            /// What would be right.
            pub expected: Text2,
        }

        impl $name {
            /// The fault of this code in no column in particular.
            pub fn new(code: FaultCode) -> Self {
                Self { code, column: None, message: code.message(), expected: code.expected() }
            }

            /// The fault of this code in the column with this heading.
            pub fn at(code: FaultCode, heading: impl Into<String>) -> Self {
                Self { column: Some(heading.into()), ..Self::new(code) }
            }
        }
    )*};
}

faults! {
    /// Why one row was not taken. It never stops the others.
    RowFault
    /// Why nothing of a file could be read.
    FileFault
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_read_back() {
        let mut seen = std::collections::HashSet::new();
        for code in FaultCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} stands twice");
            assert!(
                code.as_str()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("score".parse::<FaultCode>(), Err(UnknownCode));
    }

    #[test]
    fn every_code_says_what_is_wrong_and_what_would_be_right_in_both_languages() {
        for code in FaultCode::ALL {
            for text in [code.message(), code.expected()] {
                assert!(
                    text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                    "{code}"
                );
                assert!(text.en.chars().any(|c| c.is_ascii_alphabetic()), "{code}");
                assert!(text.en.is_ascii(), "{code}");
            }
        }
    }
}
