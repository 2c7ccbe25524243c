//! What a profile can't ask for. See the limits in docs/architecture.md: they are properties of the design,
//! so they are held here and not in a profile.

use crate::text::Said;

/// The longest that a look may stay unseen by the person, in days, whatever a profile says.
pub const LONGEST_DELAY_DAYS: u32 = 90;

/// The most looks a day that a purpose may allow one member of staff: what one can do case by case.
pub const HIGHEST_DAILY_CEILING: u32 = 200;

/// The longest that a consent may last, and an answer given under it be kept, in days, whatever a profile says.
pub const LONGEST_CONSENT_DAYS: u32 = 366;

/// The most looks that one consent may allow, whatever a profile says: a consent is not a subscription.
pub const MOST_CONSENT_LOOKS: u32 = 24;

/// What a field may not mean, with the words that give it away. English words are compared with the words
/// of a name, Chinese ones are looked for anywhere in a text.
const FORBIDDEN: &[(Said, &[&str], &[&str])] = &[
    (
        Said("对人的评分、等级或排名", "a score, grade or rank of a person"),
        &[
            "score",
            "scores",
            "scoring",
            "points",
            "grade",
            "grading",
            "rank",
            "ranking",
            "rating",
            "colour",
            "color",
            "tier",
            "tag",
            "label",
            "trustworthiness",
            "creditworthiness",
            "reputation",
            "index",
        ],
        &[
            "评分",
            "打分",
            "得分",
            "积分",
            "信用分",
            "分数",
            "评级",
            "等级",
            "分级",
            "排名",
            "红黄绿",
            "颜色",
            "标签",
            "画像",
        ],
    ),
    (
        Said("列入人员名单", "membership of a list of people"),
        &[
            "blacklist",
            "blacklisted",
            "redlist",
            "redlisted",
            "whitelist",
            "watchlist",
            "blocklist",
            "shun",
        ],
        &[
            "黑名单",
            "红名单",
            "白名单",
            "失信名单",
            "失信被执行人",
            "失信人",
            "重点关注名单",
        ],
    ),
    (
        Said("生物识别信息", "biometrics"),
        &[
            "biometric",
            "biometrics",
            "fingerprint",
            "fingerprints",
            "face",
            "facial",
            "iris",
            "retina",
            "voice",
            "voiceprint",
            "gait",
            "dna",
            "genome",
            "genetic",
            "photo",
            "photograph",
            "portrait",
        ],
        &[
            "生物特征",
            "生物识别",
            "指纹",
            "人脸",
            "面部",
            "虹膜",
            "声纹",
            "步态",
            "基因",
            "掌纹",
            "照片",
            "肖像",
        ],
    ),
    (
        Said("行踪", "location"),
        &[
            "location",
            "gps",
            "latitude",
            "longitude",
            "geolocation",
            "whereabouts",
            "itinerary",
            "track",
            "travel",
        ],
        &["位置", "定位", "轨迹", "行踪", "经纬度", "行程", "住址"],
    ),
    (
        Said("通讯联系人", "contacts"),
        &[
            "contact",
            "contacts",
            "friends",
            "acquaintances",
            "phone",
            "telephone",
            "mobile",
            "email",
            "wechat",
        ],
        &["通讯录", "联系人", "好友", "社交", "手机", "电话", "微信", "邮箱"],
    ),
    (
        Said("购买情况", "purchases"),
        &[
            "purchase",
            "purchases",
            "shopping",
            "spending",
            "consumption",
            "bank_account",
        ],
        &["消费", "购买", "购物", "支付记录", "交易流水"],
    ),
    (
        Said("言论", "speech"),
        &[
            "speech",
            "opinion",
            "opinions",
            "posts",
            "petition",
            "petitions",
            "browsing",
        ],
        &["言论", "发言", "舆情", "发帖", "信访", "上访", "浏览记录"],
    ),
    (
        Said("信仰", "belief"),
        &[
            "belief",
            "beliefs",
            "religion",
            "religious",
            "faith",
            "church",
            "ethnicity",
        ],
        &["宗教", "信仰", "信教", "民族"],
    ),
    (
        Said("政治面貌", "politics"),
        &[
            "politics",
            "political",
            "party_membership",
            "ideology",
            "vote",
            "union_membership",
        ],
        &["政治", "党派", "党员", "入党", "民主党派"],
    ),
    (
        Said("兵役", "military duty"),
        &["military", "conscription", "draft", "veteran"],
        &["兵役", "服役", "参军", "入伍", "军人", "退役"],
    ),
    (
        Said("家庭", "family"),
        &[
            "family",
            "spouse",
            "marital",
            "marriage",
            "divorce",
            "child",
            "children",
            "parent",
            "parents",
            "relative",
            "relatives",
            "pregnancy",
            "father",
            "mother",
        ],
        &[
            "家庭", "配偶", "婚姻", "离婚", "子女", "父母", "亲属", "生育", "结婚",
        ],
    ),
    (
        Said("儿童或学生的档案", "files about children or pupils"),
        &["pupil", "pupils", "student", "minor_child", "school_record"],
        &["学生", "未成年", "学籍", "儿童"],
    ),
];

/// What `text` would mean that no field may mean, if anything. `text` is a field's name, label or heading.
pub(crate) fn forbidden_meaning(text: &str) -> Option<Said> {
    let folded = crate::fold_heading(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let named = |english: &str| {
        let wanted: Vec<&str> = english.split('_').collect();
        words.windows(wanted.len()).any(|window| window == wanted)
    };
    FORBIDDEN
        .iter()
        .find(|(_, english, chinese)| {
            english.iter().any(|word| named(word)) || chinese.iter().any(|word| folded.contains(word))
        })
        .map(|(meaning, _, _)| *meaning)
}
