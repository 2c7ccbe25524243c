//! What the errors of other crates say in Chinese; in English they say it themselves. A command can't pass on an error
//! that has no words here: it would not compile. What an engine, a server or the system says is repeated as it is.

use std::{
    error::Error,
    io::{self, ErrorKind},
};

use api::client::{ClientError, KeyFileError, Refusal};
use keys::{KeystoreError, SealError, SigningError};
use mail::{Fault, ServerFault, Step};
use model::RandomnessError;
use paper::PaperError;
use registry::{
    AuditorKeyError, AuthorityKeyError, CertificateError, ErasureProofError, MandateError, PeerError,
    ProcedureError, RegistryError, StaffError, SubmitError, TakeBackError, TrustError,
};
use storage::StoreError;
use tlog::{note::KeyError, tree::TreeError, verify::LogFault};
use web::CertificatePdfError;

use crate::words::Language;

/// An error that has words in Chinese.
pub(crate) trait InChinese: Error {
    /// What it says in Chinese.
    fn zh(&self) -> String;
}

impl InChinese for io::Error {
    fn zh(&self) -> String {
        match self.kind() {
            ErrorKind::NotFound => "没有这个文件或文件夹".to_owned(),
            ErrorKind::PermissionDenied => "没有权限".to_owned(),
            ErrorKind::AlreadyExists => "已经存在".to_owned(),
            ErrorKind::IsADirectory => "这是一个文件夹".to_owned(),
            ErrorKind::NotADirectory => "路径中有一段不是文件夹".to_owned(),
            ErrorKind::DirectoryNotEmpty => "文件夹不是空的".to_owned(),
            ErrorKind::ReadOnlyFilesystem => "文件系统只能读取".to_owned(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "磁盘空间不足".to_owned(),
            ErrorKind::AddrInUse => "地址已被占用".to_owned(),
            ErrorKind::AddrNotAvailable => "本机没有这个地址".to_owned(),
            ErrorKind::ConnectionRefused => "对方没有接受连接".to_owned(),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                "连接已中断".to_owned()
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "网络无法到达".to_owned(),
            ErrorKind::TimedOut => "等待超时".to_owned(),
            // Said when a text is read; of other data, such as a certificate, the reason says more.
            ErrorKind::InvalidData if self.to_string().contains("UTF-8") => "内容不是 UTF-8 文本".to_owned(),
            ErrorKind::UnexpectedEof => "内容不完整".to_owned(),
            _ => format!("系统提示：{self}"),
        }
    }
}

impl InChinese for StoreError {
    fn zh(&self) -> String {
        match self {
            Self::Duplicate => "已有这个键的行".to_owned(),
            Self::Engine(said) => format!("数据库出错：{said}"),
            Self::Shape(what) => format!("数据库中某一行的内容不符合预期：{what}"),
            Self::Unavailable(why) => format!("无法使用数据库：{why}"),
            Self::InUse(seconds) => {
                format!(
                    "另一个程序正在使用这个数据库，等待 {seconds} 秒仍未释放；请停止该程序，或者通过它办理"
                )
            }
        }
    }
}

impl InChinese for RandomnessError {
    fn zh(&self) -> String {
        "无法取得随机数".to_owned()
    }
}

impl InChinese for SealError {
    fn zh(&self) -> String {
        match self {
            Self::Randomness(error) => error.zh(),
            Self::DoesNotOpen => "无法解密：数据已损坏，或者属于别处、使用别的密钥".to_owned(),
        }
    }
}

impl InChinese for SigningError {
    fn zh(&self) -> String {
        "无法生成签名密钥".to_owned()
    }
}

impl InChinese for KeystoreError {
    fn zh(&self) -> String {
        match self {
            Self::Io { path, error } => format!("无法读写主密钥 {}：{}", path.display(), error.zh()),
            Self::Malformed(path) => format!(
                "{} 不是 Standing 的主密钥：应为两行，标头和 64 位十六进制数字",
                path.display()
            ),
            Self::Open { path, mode } => format!(
                "{} 可被他人读取（权限 {mode:o}），应仅所有者可读，请执行：chmod 600 {0}",
                path.display()
            ),
            Self::Randomness(error) => format!("无法生成主密钥：{}", error.zh()),
        }
    }
}

impl InChinese for RegistryError {
    fn zh(&self) -> String {
        match self {
            Self::Store(error) => error.zh(),
            Self::Seal(error) => error.zh(),
            Self::Signing(error) => error.zh(),
            Self::Keystore(error) => error.zh(),
            Self::Randomness(error) => error.zh(),
            Self::Log(what) => format!("日志与其检查点不符：{what}"),
            Self::ErasuresChanged(line) => format!("销毁记录第 {line} 行不是本系统所写"),
            Self::DatabaseGone => "数据库是空的，而本系统并非新建：请恢复数据库的备份".to_owned(),
            Self::File(error) => format!("无法读写系统的文件：{}", error.zh()),
            Self::Stored(what) => format!("无法理解已保存的内容：{what}"),
            Self::OtherInstallation { made_for, given } => {
                format!("本系统是为 {made_for} 建立的，不是为 {given}")
            }
            Self::Certificate(why) => format!("无法生成证明：{why}"),
        }
    }
}

impl InChinese for AuthorityKeyError {
    fn zh(&self) -> String {
        match self {
            Self::UnknownAuthority(id) => format!("规则集中没有机关 {id}"),
            Self::Taken => "已有同名的密钥".to_owned(),
            Self::Reserved => format!(
                "以 {} 开头的名称由网站自用，请为密钥另取名称",
                registry::PORTAL_KEYS
            ),
            Self::Unknown => "没有这个名称的有效密钥".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for AuditorKeyError {
    fn zh(&self) -> String {
        match self {
            Self::Name => format!(
                "密钥名称应为 1 至 64 个可见的 ASCII 字符，不以 {} 开头",
                registry::PORTAL_KEYS
            ),
            Self::HolderMissing => "缺少持有者的名称".to_owned(),
            Self::Taken => "已有同名的密钥".to_owned(),
            Self::Unknown => "没有这个名称的、仍有效的审计方密钥".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for StaffError {
    fn zh(&self) -> String {
        match self {
            Self::UnknownBody(id) => format!("规则集中没有单位 {id}"),
            Self::Id => "账号应为 1 至 64 个可见的 ASCII 字符".to_owned(),
            Self::NameMissing => "缺少姓名".to_owned(),
            Self::Number => "证件号码不符合格式".to_owned(),
            Self::Taken => "这个账号、密钥或号码已属于另一账号".to_owned(),
            Self::Unknown => "没有这个账号".to_owned(),
            Self::NoSuchKey => "该单位没有这个有效的密钥".to_owned(),
            Self::NotLead => "只有负责人可以办理".to_owned(),
            Self::LastLead => "这是最后一位负责人：请先指定另一位负责人".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for MandateError {
    fn zh(&self) -> String {
        match self {
            Self::Unfit => "代理须有事项，结束不早于开始，并且涉及两个人".to_owned(),
            Self::Unknown => "没有这项代理".to_owned(),
            Self::NotCovered => "这项代理今天无效，或者不包括这一事项".to_owned(),
            Self::Concerned => "这项代理与该监督员有关，请由另一位监督员登记或结束".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for PeerError {
    fn zh(&self) -> String {
        match self {
            Self::Taken => "这个名称已被使用，或者是规则集中某个单位的标识".to_owned(),
            Self::Malformed => {
                "名称应由小写字母、数字和连字符组成，地址应如 https://standing.example".to_owned()
            }
            Self::UnknownProfession(id) => format!("规则集中没有职业 {id}"),
            Self::NoSuchPeer => "没有登记这个系统".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for CertificateError {
    fn zh(&self) -> String {
        match self {
            Self::NoSuchLicence => "没有这项许可".to_owned(),
            Self::NotInForce => "这项许可目前无效".to_owned(),
            Self::Withheld => "这项许可的异议答复之前，不向任何人提供".to_owned(),
            Self::NothingToShow => "所选要显示的内容不存在".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for TrustError {
    fn zh(&self) -> String {
        let Self::Malformed(error) = self;
        format!(
            "无法读取信任文件：{}；其中应有签发方及其公钥和状态列表",
            error.zh()
        )
    }
}

impl InChinese for ErasureProofError {
    fn zh(&self) -> String {
        match self {
            Self::OtherReceipt => "这里需要报送记录的回执，或者销毁的回执".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for SubmitError {
    fn zh(&self) -> String {
        match self {
            Self::File(fault) => fault.message.zh.to_string(),
            Self::NotYours(authority) => format!("该机关不报送这类记录：{authority}"),
            Self::NoSuchSubmission => "没有这次报送".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for TakeBackError {
    fn zh(&self) -> String {
        match self {
            Self::NoSuchSubmission => "没有这次报送".to_owned(),
            Self::NotDone => "本次报送尚未处理完毕".to_owned(),
            Self::TakenBack => "本次报送此前已撤回，没有还能撤回的行".to_owned(),
            Self::TooLate(at) => format!("可撤回的时间已于 {at} 结束"),
            Self::Registry(error) => error.zh(),
        }
    }
}

/// What the interface says of a stable code.
fn of_code(code: &str) -> String {
    api::title(code, Language::Zh).map_or_else(|| code.to_owned(), str::to_owned)
}

impl InChinese for ProcedureError {
    fn zh(&self) -> String {
        match self {
            Self::NumberMalformed { place } => format!("第 {place} 个不是证件号码"),
            Self::Registry(error) => error.zh(),
            other => of_code(other.code()),
        }
    }
}

impl InChinese for registry::ConsentError {
    fn zh(&self) -> String {
        match self {
            Self::Registry(error) => error.zh(),
            other => of_code(other.code()),
        }
    }
}

impl InChinese for registry::InquiryError {
    fn zh(&self) -> String {
        match self {
            Self::Refused(refusal) => of_code(refusal.code()),
            Self::NobodyKnown => "没有与该号码和姓名相符的人".to_owned(),
            Self::TooLong => "案号或理由过长".to_owned(),
            Self::Replayed => "该请求此前已收到".to_owned(),
            Self::Registry(error) => error.zh(),
        }
    }
}

impl InChinese for registry::ProposalError {
    fn zh(&self) -> String {
        of_code(self.code())
    }
}

impl InChinese for registry::PublicationError {
    fn zh(&self) -> String {
        of_code(self.code())
    }
}

impl InChinese for registry::PledgeError {
    fn zh(&self) -> String {
        of_code(self.code())
    }
}

impl InChinese for ureq::Error {
    fn zh(&self) -> String {
        match self {
            Self::StatusCode(status) => format!("服务器答复 {status}"),
            Self::Io(error) => error.zh(),
            Self::Timeout(_) => "等待超时".to_owned(),
            Self::HostNotFound => "找不到服务器的名称".to_owned(),
            Self::ConnectionFailed => "无法连接服务器".to_owned(),
            other => format!("无法取得：{other}"),
        }
    }
}

impl InChinese for KeyFileError {
    fn zh(&self) -> String {
        match self {
            Self::Name => "密钥名称应为 1 至 64 个字母、数字、点、连字符或下划线".to_owned(),
            Self::NoName => "密钥文件中缺少一行“Key-Id: 名称”，应在密钥之前".to_owned(),
            Self::NoKey => "文件中没有 Ed25519 私钥：应为 PEM 格式的 PKCS #8".to_owned(),
            Self::Randomness(error) => error.zh(),
        }
    }
}

impl InChinese for ClientError {
    fn zh(&self) -> String {
        match self {
            Self::Address => "服务器地址不符合格式，应如 https://HOST".to_owned(),
            Self::Key(error) => error.zh(),
            Self::File(error) => format!("无法读写文件：{}", error.zh()),
            Self::Unreachable(why) => format!("无法连接服务器：{why}"),
            Self::Refused(refusal) => refused(refusal),
            Self::Answer(what) => format!("无法理解服务器的答复：{what}"),
            Self::Signature(error) => format!("无法为请求签名：{error}"),
            Self::Randomness(error) => error.zh(),
        }
    }
}

/// What a server refused, which it says in the language that it was asked in.
fn refused(refusal: &Refusal) -> String {
    let mut words = format!("{}（{}）", refusal.title, refusal.code);
    if let Some(message) = &refusal.message {
        words.push('：');
        if let Some(fault) = &refusal.fault {
            words.push_str(&format!("{fault}："));
        }
        words.push_str(message);
    }
    if let Some(column) = &refusal.column {
        words.push_str(&format!("（{column}）"));
    }
    if let Some(expected) = &refusal.expected {
        words.push_str(&format!("；{expected}"));
    }
    if let Some(authority) = &refusal.authority {
        words.push_str(&format!("；服务器对外的名称是 {authority}"));
    }
    words
}

impl<E: InChinese + 'static> InChinese for LogFault<E> {
    fn zh(&self) -> String {
        match self {
            Self::Read { path, source } => format!("无法读取 {path}：{}", source.zh()),
            Self::Checkpoint(error) => format!("检查点不成立：{error}"),
            Self::Entries { bundle, fault } => format!("{bundle} 不成立：{fault}"),
            Self::TileLength { tile, found } => {
                format!("{tile} 有 {found} 字节，应为 {} 字节", tile.byte_length())
            }
            Self::TileHash {
                tile,
                position,
                first_leaf,
                found,
                expected,
            } => format!(
                "{tile} 第 {position} 个哈希值为 {found}，而第 {first_leaf} 条起的内容应得 {expected}"
            ),
            Self::Root {
                size,
                found,
                expected,
            } => {
                format!("检查点的根为 {found}，而 {size} 条内容应得 {expected}")
            }
            Self::Tree(error) => error.zh(),
        }
    }
}

impl<E: Error + 'static> InChinese for TreeError<E> {
    fn zh(&self) -> String {
        format!("日志的树不成立：{self}")
    }
}

impl InChinese for KeyError {
    fn zh(&self) -> String {
        match self {
            Self::TooLong => "验证公钥过长".to_owned(),
            Self::Form => "验证公钥应为：名称+密钥编号+base64，中间是八位小写十六进制数字".to_owned(),
            Self::Name => "密钥名称不能为空，不能含有空格、控制字符或加号".to_owned(),
            Self::Unsupported(kind) => format!("不支持 0x{kind:02x} 类签名的密钥，只支持 0x01 和 0x04"),
            Self::Length(bytes) => format!("Ed25519 公钥应有 32 字节，这里有 {bytes} 字节"),
            Self::Id { expected, found } => {
                format!("密钥编号是 {found}，而按名称和公钥应为 {expected}")
            }
        }
    }
}

impl InChinese for PaperError {
    fn zh(&self) -> String {
        match self {
            Self::FontsMissing { looked } => {
                let looked: Vec<_> = looked.iter().map(|path| path.display().to_string()).collect();
                format!(
                    "没有找到中文字体；请安装 Debian 的 fonts-noto-cjk，或者指明字体（查找过：{}）",
                    looked.join("、")
                )
            }
            Self::FontUnreadable { path, index } => {
                format!("{}：没有可用的字体（序号 {index}）", path.display())
            }
            Self::Pdf(why) => format!("无法生成 PDF：{why}"),
            Self::TooLongForQr { bytes } => {
                format!("证明有 {bytes} 字节，二维码最多容纳 2953 字节；请减少披露的内容")
            }
            Self::DoesNotFit => "证明的内容一页放不下，请减少一些".to_owned(),
            // What was given to be read, in the words of the page that reads it.
            other => web::unreadable_in_words(other, Language::Zh),
        }
    }
}

impl InChinese for CertificatePdfError {
    fn zh(&self) -> String {
        match self {
            Self::NotOurs => "这不是本系统签发的证明".to_owned(),
            Self::Paper(error) => error.zh(),
        }
    }
}

impl InChinese for sd_jwt::PresentError {
    fn zh(&self) -> String {
        match self {
            Self::Credential(error) => format!("无法使用这份证明：{error}"),
            Self::NoSuchClaim(name) => format!("证明中没有可以披露的 {name}"),
            other => format!("无法使用这份证明：{other}"),
        }
    }
}

impl InChinese for sd_jwt::KeyError {
    fn zh(&self) -> String {
        match self {
            Self::UnknownKind => "公钥既不是 EC P-256，也不是 OKP Ed25519",
            Self::Coordinate => "公钥的坐标不是 base64url 的 32 字节",
            Self::WrongUse => "公钥用于别的算法或用途",
            Self::PrivateKey => "文件不是这一类的私钥",
            _ => "公钥无法使用",
        }
        .to_owned()
    }
}

impl InChinese for Fault {
    fn zh(&self) -> String {
        let words = match self.step() {
            Step::Find => "找不到邮件服务器的名称",
            Step::Connect => "无法连接邮件服务器",
            Step::Encrypt => "无法与邮件服务器建立加密连接",
            Step::SignIn => "邮件服务器不接受用户名和口令",
            Step::Sender => "邮件服务器不接受发件人",
            Step::Recipient => "邮件服务器不接受收件人",
            Step::Content => "邮件服务器不接受这封邮件",
        };
        match self.code() {
            Some(code) => format!("{words}（{code}）"),
            None => words.to_owned(),
        }
    }
}

impl InChinese for ServerFault {
    fn zh(&self) -> String {
        match self {
            Self::From => "from：应为邮箱地址，如 standing@example.org",
            Self::Host => "host：应为服务器名称或地址，如 mail.example.org",
            Self::InClear => "tls：\"none\" 只用于本机的服务器；其他服务器请用 \"tls\" 或 \"starttls\"",
            Self::Roots => "ca_file：应为 PEM 格式的证书",
        }
        .to_owned()
    }
}

impl InChinese for serde_json::Error {
    fn zh(&self) -> String {
        match self.line() {
            0 => "不是所需的 JSON".to_owned(),
            line => format!("不是所需的 JSON：见第 {line} 行第 {} 列", self.column()),
        }
    }
}

impl InChinese for toml::ser::Error {
    fn zh(&self) -> String {
        format!("无法写成 TOML：{self}")
    }
}

impl InChinese for tokio::task::JoinError {
    fn zh(&self) -> String {
        "一项处理被中断".to_owned()
    }
}
