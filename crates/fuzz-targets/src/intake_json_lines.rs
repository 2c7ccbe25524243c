//! JSON Lines, in every encoding.

use intake::Format;

use crate::{
    Target, choices,
    intake_file::{batches, choice_of, filer, hold},
    seed,
};
use model::RecordKind;

/// See [`crate::intake_json_lines`].
pub const TARGET: Target = Target {
    name: "intake_json_lines",
    run,
    seeds,
    words: &[
        "{\"",
        "\":",
        "\", \"",
        "\\u0000",
        "\\ue5e5",
        "\\ud842\\udfb7",
        "null",
        "true",
        "-0.5",
        "1e5",
        "\u{feff}",
        "\"name\"",
        "\"id_number\"",
        "\"hours\"",
        "\"course\"",
        "\"completed_on\"",
        "\"authority\"",
        "\"legal_basis\"",
    ],
};

fn run(bytes: &[u8]) {
    let ([which, options], file) = choices(bytes);
    hold(filer(which), options, "x.jsonl", Some(Format::JsonLines), file);
}

const ODD: &str = "\u{feff}{\"name\": \"测一安\", \"name\": null}\r\n\n{\"religion\": true}\n{\"hours\": 30.0, \"course\": \
    \"\\u4e00\\ud842\\udfb7\", \"id_number\": 994152198707166786}\n[1]\n{\"hours\": -1e5} x\n";

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = batches(".jsonl");
    let training = choice_of("gansu", "health-commission", RecordKind::Training);
    seeds.push(seed(&[training, 1], ODD));
    // A resident number of the fictional profile, whose records carry a birth date.
    let licence = "{\"name\": \"Ann Lee\", \"id_number\": \"AB1234567882\", \"born_on\": \"1990-01-31\"}\n";
    seeds.push(seed(
        &[choice_of("northshire", "land-office", RecordKind::Licence), 0],
        licence,
    ));
    seeds
}
