//! CSV, in every encoding.

use intake::Format;
use model::RecordKind;

use crate::{
    Target, choices,
    intake_file::{batches, choice_of, filer, hold},
    seed,
};

/// See [`crate::intake_csv`].
pub const TARGET: Target = Target {
    name: "intake_csv",
    run,
    seeds,
    words: &[
        "\"",
        "\"\"",
        ",\"",
        "\",",
        "\r\n",
        "\u{feff}",
        "\u{200b}",
        "\u{3000}",
        "＝",
        "=1+1",
        "身份证",
        "律师",
        "code",
        "message",
        "997329196609021074",
        "2018-08-06",
        "lawyer-licensing",
        "law-bureau",
    ],
};

fn run(bytes: &[u8]) {
    let ([which, options], file) = choices(bytes);
    hold(filer(which), options, "x.csv", Some(Format::Csv), file);
}

const ODD: &str = "行政相对人名称,证件类型,证件号码,行政许可决定文书号,许可类别,许可证书名称,许可编号,执业范围,许可决定日期,有效期自,有效期至,\
    许可机关,数据来源单位,许可依据,,code,message\r\n\r\n\" 严　拟兰\",身份证,９９７３２９１９６６０９０２１０７４,甘许〔2018〕000195号,\
    普通,\"律师\r\n\"\"执业证\"\"\",ＬＡＷ-99000195,律师,2018年8月6日,20180806,2033.8.6 00:00:00,law-bureau,law-bureau,\
    lawyer-licensing,,x,y\r\"never closed,1\n=1+1,\n";

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = batches(".csv");
    let licences = choice_of("gansu", "law-bureau", RecordKind::Licence);
    seeds.push(seed(&[licences, 1], ODD));
    seeds
}
