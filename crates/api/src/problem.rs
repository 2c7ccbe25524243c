//! Problem documents (RFC 9457): what every failure answers. A code is stable; the title says the same to
//! people, in the language of the request; nothing of the inside and nothing personal is in either.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use intake::{FileFault, Text2};
use profile::Language;
use registry::RegistryError;
use serde_json::{Map, Value, json};
use storage::StoreError;

use crate::{language::Asked, state::Shared};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $zh:literal, $en:literal;)*) => {
        /// The stable code of a problem. Codes are part of the interface: they are added, never changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every one.
            pub(crate) const ALL: &'static [Code] = &[$(Self::$name,)*];

            /// The code as it stands in answers.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The status that it comes with.
            pub(crate) const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What it says to people.
            pub(crate) const fn title(self, language: Language) -> &'static str {
                match language {
                    Language::Zh => match self { $(Self::$name => $zh,)* },
                    Language::En => match self { $(Self::$name => $en,)* },
                }
            }
        }
    };
}

codes! {
    // The signature.
    SignatureMissing = "signature-missing", 401,
        "请求没有签名", "The request has no signature";
    SignatureAmbiguous = "signature-ambiguous", 401,
        "请求带有多个同类签名，请只发送一个", "The request has several signatures with the same tag; send one";
    SignatureMalformed = "signature-malformed", 401,
        "签名字段的格式不正确", "A field of the signature is not of its form";
    ParameterMissing = "parameter-missing", 401,
        "签名缺少必需的参数", "The signature lacks a parameter";
    ComponentMissing = "component-missing", 401,
        "签名没有覆盖必需的内容", "The signature does not cover what it must cover";
    ComponentUnsupported = "component-unsupported", 401,
        "签名覆盖了不支持的内容", "The signature covers something that is not supported";
    AlgorithmUnsupported = "algorithm-unsupported", 401,
        "不支持该签名算法，请使用 ed25519", "The algorithm is not supported; sign with ed25519";
    KeyUnknown = "key-unknown", 401,
        "该密钥未登记或已停用", "The key is not registered, or no longer in use";
    SignatureNotYetValid = "signature-not-yet-valid", 401,
        "签名时间在未来，请核对发送方的时钟", "The signature is from the future; check the sender's clock";
    SignatureExpired = "signature-expired", 401,
        "签名已过期，请重新签名后发送", "The signature has expired; sign the request anew";
    SignatureInvalid = "signature-invalid", 401,
        "签名与请求或密钥不符", "The signature does not fit the request and the key";
    Replayed = "replayed", 401,
        "该请求此前已收到，请重新签名后发送", "This very request was received before; sign it anew";
    DigestMissing = "digest-missing", 400,
        "有正文的请求必须带有已签名的 Content-Digest", "A request with a body needs a signed Content-Digest";
    DigestMismatch = "digest-mismatch", 400,
        "正文与 Content-Digest 不符，请重新发送", "The body does not fit its Content-Digest; send it again";

    // The request.
    NotFound = "not-found", 404,
        "没有这个地址", "There is nothing at this address";
    MethodNotAllowed = "method-not-allowed", 405,
        "此地址不支持该方法", "This address does not take this method";
    ContentType = "content-type", 415,
        "正文的类型不对", "The body is of another type than this address takes";
    TooLarge = "too-large", 413,
        "正文过大", "The body is too large";
    BodyInterrupted = "body-interrupted", 400,
        "正文没有完整到达，请重新发送", "The body did not arrive whole; send it again";
    BodyTooSlow = "body-too-slow", 408,
        "正文没有按时到达，请重新发送", "The body did not arrive in time; send it again";
    BodyMalformed = "body-malformed", 400,
        "正文不是所要求的 JSON", "The body is not the JSON that is asked for";
    FieldUnknown = "field-unknown", 400,
        "正文含有不接收的字段", "The body has a field that is not taken";
    FieldMissing = "field-missing", 400,
        "正文缺少必需的字段", "The body lacks a field";
    FieldTwice = "field-twice", 400,
        "正文中同一字段出现了两次", "A field stands twice in the body";
    HeaderMissing = "header-missing", 400,
        "缺少必需的请求头，或其格式不正确", "A header field is missing or not of its form";

    // Submissions.
    NotYours = "not-yours", 403,
        "贵单位不报送这类记录", "Your authority does not file records of this kind";
    AuthorityMismatch = "authority-mismatch", 403,
        "该密钥属于另一个机关", "This key is another authority's";
    FileTooLarge = "file-too-large", 413,
        "文件过大，请分成较小的文件报送", "The file is too large; send it in smaller ones";
    TooManyUploads = "too-many-uploads", 429,
        "贵单位正在上传的文件过多", "Your authority has too much on its way already";
    NoSuchSubmission = "no-such-submission", 404,
        "贵单位没有这一批报送", "Your authority has no such submission";
    Offset = "offset", 409,
        "本段的起点与已收到的长度不符，请从所示位置继续",
        "The piece does not begin where the last one ended; go on from the place shown";
    PieceTooLong = "piece-too-long", 400,
        "本段超出了文件的长度", "The piece is longer than what is left of the file";
    NotWhole = "not-whole", 409,
        "文件还没有收完，请继续上传", "The file is not whole yet; go on with the upload";
    OtherFile = "other-file", 422,
        "收到的文件与所声明的不一致，请重新报送", "The file is not the one that was announced; send it again";
    FileUnreadable = "file-fault", 422,
        "文件无法读取，没有任何记录入库", "The file could not be read; nothing was filed";
    FilingUnderWay = "filing-under-way", 503,
        "正在入库，请稍后再查", "Filing is under way; ask again in a moment";
    NotDone = "not-done", 409,
        "这一批报送尚未办结", "The submission is not done";
    TakenBack = "taken-back", 409,
        "这一批报送此前已撤回", "The submission was taken back before";
    TooLate = "too-late", 409,
        "撤回的期限已过", "The time for taking it back is over";

    // Inquiries.
    OnePerson = "one-person", 400,
        "一次只能查询一个人", "One person an inquiry";
    PurposeUnknown = "purpose-unknown", 403,
        "没有登记这一用途", "No such purpose is registered";
    PurposeNotYours = "purpose-not-yours", 403,
        "贵单位不得使用这一用途", "Your authority may not use this purpose";
    OtherProfession = "other-profession", 403,
        "没有法律依据供贵单位查询这一行业", "No legal basis lets your authority look in this profession";
    BasisNotInForce = "basis-not-in-force", 403,
        "所依据的规定目前不在有效期内", "The legal basis is not in force today";
    CeilingReached = "ceiling-reached", 403,
        "已达到该用途的每日查询上限", "The daily ceiling of this purpose is reached";
    PurposeByConsentOnly = "purpose-by-consent-only", 403,
        "该用途只能经本人同意使用", "This purpose is used with the person's consent alone";
    CaseMissing = "case-missing", 403,
        "依法查询须写明案件或事项编号", "A look under a law names its case";
    ReasonMissing = "reason-missing", 403,
        "依法查询须写明理由", "A look under a law gives its reason";
    StaffUnknown = "staff-unknown", 403,
        "该密钥没有对应的已登记工作人员", "The key is not one of a named member of staff";
    StaffStopped = "staff-stopped", 403,
        "该工作人员的账户已停用，请联系监督员", "The account of this member of staff is stopped; ask the reviewers";
    MemberStopped = "member-stopped", 403,
        "贵单位的查询已停用，请联系监督员", "Your body's looks are stopped; ask the reviewers";
    StaffCeilingReached = "staff-ceiling-reached", 403,
        "该工作人员已达到每日查询上限", "This member of staff has reached the daily ceiling";
    ConsentNotForYou = "consent-not-for-you", 403,
        "贵单位不得就该用途请求同意", "Your body may not ask for consent under this purpose";
    ConsentUnknown = "consent-unknown", 403,
        "没有就该用途和行业给予贵单位的这一授权", "No such consent was given to your body for this purpose and profession";
    ConsentNotGiven = "consent-not-given", 403,
        "本人没有给予授权", "The person has not given this consent";
    ConsentRefused = "consent-refused", 403,
        "本人拒绝了授权", "The person refused this consent";
    ConsentNotYet = "consent-not-yet", 403,
        "授权尚未开始", "The consent has not begun yet";
    ConsentPaused = "consent-paused", 403,
        "本人暂停了授权", "The person lets this consent rest";
    ConsentRevoked = "consent-revoked", 403,
        "本人收回了授权", "The person took this consent back";
    ConsentExpired = "consent-expired", 403,
        "授权已过期", "The consent is over";
    ConsentUsedUp = "consent-used-up", 403,
        "授权的查询次数已用完", "Every look that the consent allows was taken";
    ProfessionUnknown = "profession-unknown", 403,
        "没有这一行业", "There is no such profession";
    ConsentTooWide = "consent-too-wide", 403,
        "所请求的内容超出该用途", "More is asked for than the purpose sees";
    ConsentForNothing = "consent-for-nothing", 403,
        "没有请求任何内容", "Nothing is asked for";
    ConsentWithoutEnd = "consent-without-end", 403,
        "授权必须有截止日期", "A consent needs an end";
    ConsentOverBefore = "consent-over-before", 403,
        "授权的截止日期早于开始日期，或已经过去", "The consent would be over before it begins";
    ConsentTooLong = "consent-too-long", 403,
        "授权期限超出该用途的上限", "The consent would last longer than the purpose allows";
    ConsentTooOften = "consent-too-often", 403,
        "查询次数超出该用途的上限", "More looks are asked for than the purpose allows";
    ConsentKeptTooLong = "consent-kept-too-long", 403,
        "答复的保存期限超出该用途的上限", "The answer would be kept longer than the purpose allows";
    WordsTooLong = "words-too-long", 400,
        "文字过长", "A text is too long";
    NobodyKnown = "nobody-known", 404,
        "没有与该姓名和号码相符的人", "Nobody with this number and name is known";

    IdentityMalformed = "identity-malformed", 400,
        "须填写有效的证件号码和姓名", "A valid identity number and a name are expected";
    NoSuchLook = "no-such-look", 404,
        "贵单位没有这一次查询，或查询没有得到答复", "Your body took no such look, or nothing was answered to it";

    // Procedures.
    ProcedureUnknown = "procedure-unknown", 404,
        "没有这一事项，或与您无关", "There is no such procedure, or it is none of yours";
    FileUnknown = "file-unknown", 404,
        "该事项没有这一文件", "The procedure has no such file";
    RecordUnknown = "record-unknown", 404,
        "没有这一记录", "There is no such record";
    BodyUnknown = "body-unknown", 404,
        "没有登记这一单位", "The profile knows no such body";
    RecordEnded = "record-ended", 409,
        "该记录已经终结", "The record has ended";
    ProcedureOtherKind = "procedure-other-kind", 409,
        "这类事项没有这一步骤", "This kind of procedure has no such step";
    OrderedOtherwise = "ordered-otherwise", 409,
        "所作的决定不是这一内容", "Something else was ordered";
    WordsEmpty = "words-empty", 400,
        "须写明内容，不能为空", "A text in words is expected, not a blank";
    CorrectionRejected = "correction-rejected", 422,
        "更正后的记录没有通过检查，没有作任何改动", "The corrected row does not pass the checks; nothing was changed";
    CorrectionOtherRecord = "correction-other-record", 422,
        "更正内容属于另一条记录，没有作任何改动", "The correction is of another record; nothing was changed";
    CorrectionSame = "correction-same", 422,
        "更正内容与现有记录相同", "The correction changes nothing";
    OrderedFieldsLeft = "ordered-fields-left", 422,
        "须更正的栏目中有的未作改动，没有作任何改动", "A field that is to be put right is left as it was; nothing was changed";
    BreachAffectsNobody = "breach-affects-nobody", 400,
        "泄露报告须写明受影响的人", "A breach report names whom the breach affects";
    LaterDecisionNoted = "later-decision-noted", 409,
        "已登记同一事项上日期更晚的决定", "A later decision about the same is noted already";
    DayToCome = "day-to-come", 400,
        "日期不能晚于今天", "The day is yet to come";
    CalendarEnds = "calendar-ends", 500,
        "日历没有包含计算期限所需的年份，请联系本安装的运行人员",
        "The calendar lacks a year that the deadline needs; tell whoever runs this installation";
    ProcedureChanged = "procedure-changed", 409,
        "其他人刚刚办理了这一事项，请重新查看后再办", "Somebody else did a step meanwhile; look again, then go on";
    StepNotNow = "step-not-now", 409,
        "该事项目前不能办理这一步骤", "The procedure does not stand where this step leads on from";
    StepNotYours = "step-not-yours", 403,
        "这一步骤应由他人办理", "This step is somebody else's to do";
    ReviewerTookPart = "reviewer-took-part", 403,
        "该监督员参与过此事，须由其他监督员办理", "This reviewer had a part in what it is about; another one has to do it";
    ReviewerConcerned = "reviewer-concerned", 403,
        "此事涉及该监督员本人，须由其他监督员办理", "This is about the reviewer themselves; another one has to do it";
    VersionNotLater = "version-not-later", 409,
        "答复所依据的版本不晚于有异议的版本", "The version that answers is no later than the one disputed";
    OrderUnfit = "order-unfit", 409,
        "所作的决定与复核的事项不符", "The order does not fit what is reconsidered";
    NotARecipient = "not-a-recipient", 403,
        "贵单位没有获得过这一决定", "Your body was not given this decision";
    AlreadyConfirmed = "already-confirmed", 409,
        "贵单位此前已经确认", "Your body has confirmed already";
    NoSuchNotice = "no-such-notice", 404,
        "没有这一通知", "There is no such notice";

    // Staff.
    AccountId = "account-id", 400,
        "账号须为 1 至 64 个可见的英文字符", "The id of an account has 1 to 64 visible ASCII characters";
    NameMissing = "name-missing", 400,
        "须填写姓名", "A name is expected";
    NumberMalformed = "number-malformed", 400,
        "证件号码的格式不正确", "The identity number is not one";
    AccountTaken = "account-taken", 409,
        "该账号或密钥已被使用，或账号已终止", "Another account has this id or key, or the account was ended";
    AccountUnknown = "account-unknown", 404,
        "贵单位没有这一账号，或其已终止", "Your body has no such account, or it was ended";
    AccountKeyUnknown = "account-key-unknown", 422,
        "贵单位没有这一正在使用的密钥，请先登记", "Your body has no such key in use; have it registered first";
    NotLead = "not-lead", 403,
        "只有负责人可以增加或终止账号、指定负责人", "Only a member of staff who leads adds or ends accounts, or says who leads";
    LastLead = "last-lead", 409,
        "这是最后一位负责人，请先指定另一位负责人", "Nobody would lead any more; let somebody else lead first";

    // Reviewers.
    ReviewerUnknown = "reviewer-unknown", 404,
        "没有这一监督员，或其已离任", "There is no such reviewer, or they have left";
    ItemUnknown = "item-unknown", 404,
        "待办中没有这一项", "There is no such thing in the queue";
    ItemClosed = "item-closed", 409,
        "这一项此前已经办结", "It was closed before";
    ReasonsMissing = "reasons-missing", 400,
        "须写明理由，最多四千字", "Reasons in words are expected, of at most 4,000 characters";
    NotStopped = "not-stopped", 409,
        "没有可以解除的停用", "Nothing is stopped";
    WaitNoLonger = "wait-no-longer", 409,
        "法律不允许继续推迟告知", "The law lets the notice wait no longer";
    RecordNotEnded = "record-not-ended", 404,
        "此人没有这样一条已终结的记录", "This person has no such record that has ended";
    RecordRestored = "record-restored", 409,
        "已修复的记录不能再次报送", "A record that was restored does not come in again";
    ReentryCertified = "reentry-certified", 409,
        "此前已有监督员确认", "A reviewer has certified it already";
    MandateUnfit = "mandate-unfit", 400,
        "委托须写明范围和截止日期，且代理人不能是本人",
        "A mandate has a scope, an end that is still to come, and two people";
    NoSuchMandate = "no-such-mandate", 404,
        "没有这一委托，或其已终止", "There is no such mandate, or it was ended";
    MandateNotCovered = "mandate-not-covered", 403,
        "委托目前无效，或不包括这一事项", "The mandate does not hold today, or not for this";

    // Proposed commendations.
    ProposalNotYours = "proposal-not-yours", 403,
        "贵单位不得在这一行业向该机关推荐表彰", "Your body may not propose to this authority in this profession";
    ProposalWords = "proposal-words", 422,
        "推荐内容缺项、过长或含有不接收的项目", "A text of the proposal is missing, too long, or not taken";
    ProposalWaits = "proposal-waits", 409,
        "贵单位对此人的推荐正在等待答复", "A proposal of your body about this person waits already";
    ProposalCeilingReached = "proposal-ceiling-reached", 403,
        "贵单位今天的推荐件数已满", "Your body has reached the most proposals of a day";

    // Alerts.
    NoSuchAlert = "no-such-alert", 404,
        "贵单位没有这一未结束的通知", "Your authority has no such open alert";
    AlertWithheld = "alert-withheld", 409,
        "记录有异议，报送机关逾期未答复；答复之前不能打开通报",
        "The record is disputed and its authority is late; nobody opens the alert until it answers";
    AlertsNotTaken = "alerts-not-taken", 403,
        "不接收该实例的通知", "No alerts are taken from this instance";
    AlertProfession = "alert-profession", 403,
        "不接收该实例关于这一行业的通知", "No alerts in this profession are taken from this instance";
    AlertMalformed = "alert-malformed", 400,
        "通知的内容不符合要求", "The alert is not of its form";

    // The service.
    Busy = "busy", 503,
        "服务繁忙，请稍后再试", "The service is busy; try again in a moment";
    Internal = "internal", 500,
        "服务发生错误，请稍后再试", "Something went wrong here; try again later";
}

impl Code {
    /// The code in this text.
    pub(crate) fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The problem's type.
    pub(crate) fn urn(self) -> String {
        format!("urn:standing:problem:{}", self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Plain(Value),
    Words(Text2),
}

/// What went wrong, as the client may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    members: Vec<(&'static str, Member)>,
}

impl Problem {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            members: Vec::new(),
        }
    }

    /// With a member more. Never anything personal.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, Member::Plain(value.into())));
        self
    }

    /// With a member more that people read. Never anything personal.
    pub(crate) fn saying(mut self, name: &'static str, words: Text2) -> Self {
        self.members.push((name, Member::Words(words)));
        self
    }

    /// Why nothing of a file could be read.
    pub(crate) fn file(fault: FileFault) -> Self {
        Self::new(Code::FileUnreadable)
            .with("fault", fault.code.as_str())
            .with("column", fault.column)
            .saying("message", fault.message)
            .saying("expected", fault.expected)
    }

    /// The document in this language.
    fn document(&self, language: Language) -> Value {
        let mut document = Map::new();
        document.insert("type".into(), self.code.urn().into());
        document.insert("title".into(), self.code.title(language).into());
        document.insert("status".into(), self.code.status().into());
        document.insert("code".into(), self.code.as_str().into());
        for (name, member) in &self.members {
            let value = match member {
                Member::Plain(value) => value.clone(),
                Member::Words(text) if language == Language::Zh => json!(text.zh),
                Member::Words(text) => json!(text.en),
            };
            document.insert((*name).into(), value);
        }
        Value::Object(document)
    }

    fn headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.code.status() == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Signature"));
        }
        if self.code.status() == 503 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let received = self.members.iter().find(|(name, _)| *name == "received");
        if let Some((_, Member::Plain(Value::Number(received)))) = received {
            // Digits are always a header's value, so the fallback is never taken.
            let value = HeaderValue::from_str(&received.to_string());
            headers.insert("upload-offset", value.unwrap_or(HeaderValue::from_static("0")));
        }
    }
}

impl From<RegistryError> for Problem {
    /// What failed inside stays inside: it goes to the log, where nothing of it is personal either.
    fn from(error: RegistryError) -> Self {
        if matches!(error, RegistryError::Store(StoreError::Unavailable(_))) {
            tracing::warn!(%error, "a request was turned away");
            return Self::new(Code::Busy);
        }
        tracing::error!(%error, "a request failed");
        Self::new(Code::Internal)
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(_: tokio::task::JoinError) -> Self {
        tracing::error!("the work of a request was interrupted");
        Self::new(Code::Internal)
    }
}

impl IntoResponse for Problem {
    /// The status with the problem beside it; [`render`] writes it in the language of the request.
    fn into_response(self) -> Response {
        // Every code's status is one of the standard; a test holds that.
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes problems in the language that the request asks for.
pub(crate) async fn render(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let language = Asked::of(request.headers(), state.language()).0;
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let body = Json(problem.document(language)).into_response().into_body();
        *response.body_mut() = body;
        response.headers_mut().remove(header::CONTENT_LENGTH);
        problem.headers(&mut response);
        let code = HeaderValue::from_static(match language {
            Language::Zh => "zh",
            Language::En => "en",
        });
        response.headers_mut().insert(header::CONTENT_LANGUAGE, code);
    }
    response
}

/// What an address that is none answers.
pub(crate) async fn not_found() -> Problem {
    Problem::new(Code::NotFound)
}

/// What a method that is not taken answers.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem::new(Code::MethodNotAllowed)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http_signatures::SignatureError;
    use policy::Refusal;

    use super::*;

    #[test]
    fn every_code_is_unique_kebab_case_and_says_something_in_both_languages() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            assert!(
                text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{text}"
            );
            assert!(!code.title(Language::Zh).is_ascii(), "{text} has no Chinese");
            assert!(
                code.title(Language::En).is_ascii() && code.title(Language::En).len() > 10,
                "{text}"
            );
            assert!(
                StatusCode::from_u16(code.status()).unwrap().as_u16() >= 400,
                "{text}"
            );
            assert_eq!(Code::find(text), Some(*code));
        }
    }

    #[test]
    fn every_refusal_of_the_policy_has_its_code() {
        for refusal in Refusal::ALL {
            assert_eq!(Code::find(refusal.code()).unwrap().status(), 403);
        }
    }

    #[test]
    fn every_fault_of_a_signature_has_its_code() {
        let faults = [
            SignatureError::Missing,
            SignatureError::Ambiguous,
            SignatureError::Malformed {
                field: "signature",
                problem: "x",
            },
            SignatureError::ParameterMissing("nonce"),
            SignatureError::ComponentMissing("@method".into()),
            SignatureError::ComponentUnsupported("@status".into()),
            SignatureError::AlgorithmUnsupported,
            SignatureError::KeyUnknown,
            SignatureError::NotYetValid,
            SignatureError::Expired,
            SignatureError::Invalid,
            SignatureError::DigestMismatch,
            SignatureError::DigestMissing,
        ];
        for fault in faults {
            assert!(Code::find(fault.code()).is_some(), "{}", fault.code());
        }
    }
}
