//! The fixed words on paper, in both languages, in one place.

/// Chinese, then English.
pub(crate) type Pair = (&'static str, &'static str);

pub(crate) const TITLE: Pair = ("执业信用证明", "Certificate of good standing");

pub(crate) const NOTICE: Pair = (
    "说明：本证明背后的法律依据尚未经律师确认。",
    "Note: the laws behind it have not yet been confirmed by a lawyer.",
);

pub(crate) const HOW: Pair = ("如何核验", "How to check it");

pub(crate) const HOW_PHOTO: Pair = (
    "打开核验页面，上传本 PDF 或二维码照片，无需账号：",
    "Open the page below and give it this PDF or a photo of the code. No account is needed:",
);

pub(crate) const HOW_FILE: Pair = (
    "本证明内容较多，不印二维码，全文附在本 PDF 中。打开核验页面，上传本 PDF，无需账号：",
    "This certificate says more than a code holds; its full text is attached to this PDF. Open the page below and \
     give it this PDF. No account is needed:",
);

pub(crate) const HOW_OFFLINE: Pair = (
    "不联网时，用命令行核验本文件：",
    "Without a network, check this file on the command line:",
);

pub(crate) const COMMAND: &str = "standing certificate verify certificate.pdf --trust trust.json";

pub(crate) const HOW_STATUS: Pair = (
    "以核验结果为准：纸面内容可能被改动，证明也可能已被撤销。",
    "Go by the result of the check: paper can be altered, and a certificate can be revoked.",
);

pub(crate) const CODE_ALT: Pair = (
    "二维码，内含本证明的全文",
    "QR code that holds the full text of this certificate",
);

pub(crate) const ATTACHED: Pair = (
    "证明全文，供机器核验",
    "The full text of the certificate, for machines to check",
);

pub(crate) const LINES: Pair = ("证明内容", "What it says");
