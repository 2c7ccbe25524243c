//! From sheet to paper and back, with programs that others wrote as witnesses.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod support;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, blur, resize};
use image::{GrayImage, ImageFormat, Luma};
use paper::{
    ATTACHMENT_NAME, Fonts, Languages, PaperError, Source, Text, certificate_pdf, read_back, records_pdf,
};

fn fonts() -> &'static Arc<Fonts> {
    static FONTS: OnceLock<Arc<Fonts>> = OnceLock::new();
    FONTS.get_or_init(|| Fonts::load().expect("fonts-noto-cjk and fonts-hanazono are installed"))
}

/// Runs a program; one that isn't there fails the test.
fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} can't be run ({error}); install Debian's {package}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{text}{complaint}",
        output.status
    );
    text
}

struct Printed {
    folder: tempfile::TempDir,
    pdf: Vec<u8>,
}

impl Printed {
    fn new(pdf: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("it.pdf"), &pdf).unwrap();
        Self { folder, pdf }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The first page as a picture.
    fn picture(&self, dots: u32) -> PathBuf {
        let (dots, root) = (dots.to_string(), self.name("page"));
        let arguments = [
            "-r",
            &dots,
            "-gray",
            "-png",
            "-singlefile",
            &self.name("it.pdf"),
            &root,
        ];
        run("pdftoppm", "poppler-utils", &arguments);
        self.path("page.png")
    }
}

fn certificate(bytes: usize) -> (Printed, String) {
    let sheet = support::certificate(bytes);
    (
        Printed::new(certificate_pdf(fonts(), &sheet).unwrap()),
        sheet.compact,
    )
}

/// The page as a hand-held camera sees it: turned by degrees, leaning away by a part of its height.
fn photographed(page: &Path, degrees: f32, lean: f32) -> GrayImage {
    let page = image::open(page).unwrap().into_luma8();
    let (width, height) = (page.width() as f32, page.height() as f32);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let side = (width * cos.abs() + height * sin.abs()).max(height * cos.abs() + width * sin.abs()) * 1.1;
    GrayImage::from_fn(side as u32, side as u32, |x, y| {
        let (dx, dy) = (x as f32 - side / 2.0, y as f32 - side / 2.0);
        let depth = 1.0 + lean * dy / side;
        let (dx, dy) = (dx / depth, dy / depth);
        let (sx, sy) = (
            dx * cos + dy * sin + width / 2.0,
            dy * cos - dx * sin + height / 2.0,
        );
        if sx < 0.0 || sy < 0.0 || sx >= width - 1.0 || sy >= height - 1.0 {
            return Luma([140]);
        }
        let (fx, fy) = (sx.fract(), sy.fract());
        let at = |ox, oy| f32::from(page.get_pixel(sx as u32 + ox, sy as u32 + oy)[0]);
        let top = at(0, 0) * (1.0 - fx) + at(1, 0) * fx;
        let bottom = at(0, 1) * (1.0 - fx) + at(1, 1) * fx;
        // Light falls off to one side, and ink isn't quite black.
        let light = 0.95 - 0.25 * x as f32 / side;
        Luma([((top * (1.0 - fy) + bottom * fy) * light + 12.0).min(255.0) as u8])
    })
}

fn jpeg(picture: &GrayImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .unwrap();
    bytes
}

#[test]
fn equal_sheets_give_equal_bytes() {
    let sheet = support::certificate(1800);
    let first = certificate_pdf(fonts(), &sheet).unwrap();
    assert!(first == certificate_pdf(fonts(), &sheet).unwrap());
    let records = support::records(3, Languages::Both);
    assert!(records_pdf(fonts(), &records).unwrap() == records_pdf(fonts(), &records).unwrap());
}

#[test]
fn the_attached_text_reads_back_and_survives_being_saved_again() {
    let (printed, compact) = certificate(2400);
    let found = read_back(&printed.pdf).unwrap();
    assert_eq!(
        (found.compact.as_str(), found.source),
        (compact.as_str(), Source::PdfAttachment)
    );
    let again = printed.name("again.pdf");
    let options = ["--object-streams=generate", "--recompress-flate", "--linearize"];
    run(
        "qpdf",
        "qpdf",
        &[&options[..], &[&printed.name("it.pdf"), &again]].concat(),
    );
    assert_eq!(
        read_back(&std::fs::read(&again).unwrap()).unwrap().compact,
        compact
    );
}

#[test]
fn other_programs_see_one_clean_page_with_its_fonts_and_attachment() {
    let (printed, compact) = certificate(2000);
    let file = printed.name("it.pdf");
    assert!(run("qpdf", "qpdf", &["--check", &file]).contains("No syntax or stream encoding errors"));
    let information = run("pdfinfo", "poppler-utils", &[&file]);
    for fact in [
        "Pages:           1",
        "Tagged:          yes",
        "执业信用证明 · Certificate of good standing",
    ] {
        assert!(information.contains(fact), "{fact} in {information}");
    }
    let listed = run("pdffonts", "poppler-utils", &[&file]);
    let fonts: Vec<&str> = listed.lines().skip(2).collect();
    assert!(!fonts.is_empty());
    for font in fonts {
        // Columns: embedded, subset, with a map to Unicode.
        assert!(font.contains("yes yes yes"), "{font}");
    }
    let saved = printed.name("saved");
    run(
        "pdfdetach",
        "poppler-utils",
        &["-savefile", ATTACHMENT_NAME, "-o", &saved, &file],
    );
    assert_eq!(std::fs::read_to_string(&saved).unwrap(), compact);
}

#[test]
fn the_text_of_the_page_can_be_selected_in_reading_order() {
    let (printed, _) = certificate(1500);
    let text = run(
        "pdftotext",
        "poppler-utils",
        &["-raw", &printed.name("it.pdf"), "-"],
    );
    let mut rest = text.as_str();
    for expected in [
        "示例省执业信用信息中心",
        "执业信用证明",
        "Certificate of good standing",
        "尚未经律师确认",
        "姓名",
        "欧阳𠮷䶮",
        "Health Commission of Example Province",
        "990110000000123",
        "如何核验",
        "https://standing.example.org/verify",
    ] {
        let at = rest
            .find(expected)
            .unwrap_or_else(|| panic!("{expected} in its place in {text}"));
        rest = &rest[at + expected.len()..];
    }
}

#[test]
fn a_name_with_a_character_that_no_font_has_prints_its_code_point_and_copies_as_itself() {
    let mut sheet = support::certificate(1500);
    sheet.lines[0].value = Text::same("王\u{e123}\u{2b740}");
    assert_eq!(fonts().missing(&sheet.lines[0].value.zh), 1);
    let printed = Printed::new(certificate_pdf(fonts(), &sheet).unwrap());
    let listed = run("pdffonts", "poppler-utils", &[&printed.name("it.pdf")]);
    assert!(
        listed.contains("HanaMin"),
        "the further font has U+2B740: {listed}"
    );
    // pdftotext gives what copying gives.
    let text = run(
        "pdftotext",
        "poppler-utils",
        &["-raw", &printed.name("it.pdf"), "-"],
    );
    assert!(text.contains("王\u{e123}\u{2b740}"), "{text}");
}

#[test]
fn a_page_on_screen_reads_back_and_so_it_does_with_zbar() {
    for bytes in [1000, 2500] {
        let (printed, compact) = certificate(bytes);
        let page = printed.picture(150);
        let found = read_back(&std::fs::read(&page).unwrap()).unwrap();
        assert_eq!(
            (found.compact.as_str(), found.source),
            (compact.as_str(), Source::Png)
        );
        let by_zbar = run(
            "zbarimg",
            "zbar-tools",
            &["--quiet", "--raw", &page.display().to_string()],
        );
        assert_eq!(by_zbar.trim_end(), compact);
    }
}

#[test]
fn a_turned_compressed_and_scaled_photo_reads_back() {
    let (printed, compact) = certificate(2000);
    let turned = photographed(&printed.picture(150), 7.0, 0.0);
    let scaled = resize(
        &turned,
        turned.width() * 5 / 4,
        turned.height() * 5 / 4,
        FilterType::Triangle,
    );
    let found = read_back(&jpeg(&scaled, 70)).unwrap();
    assert_eq!(
        (found.compact.as_str(), found.source),
        (compact.as_str(), Source::Jpeg)
    );
}

#[test]
fn a_leaning_unsharp_photo_reads_back_at_every_size_of_code() {
    for (bytes, degrees, lean, unsharp) in [
        (1000, -12.0, 0.12, 1.2),
        (1500, 93.0, 0.08, 1.0),
        (2500, 4.0, 0.05, 0.8),
        (2900, 181.0, 0.04, 0.8),
    ] {
        let (printed, compact) = certificate(bytes);
        let photo = blur(&photographed(&printed.picture(220), degrees, lean), unsharp);
        let found = read_back(&jpeg(&photo, 75)).map(|found| found.compact == compact);
        assert!(
            matches!(found, Ok(true)),
            "{bytes} bytes, {degrees}°, lean {lean}: {found:?}"
        );
    }
}

#[test]
fn a_scan_saved_as_a_pdf_reads_back() {
    let (printed, compact) = certificate(1500);
    let scan = jpeg(&photographed(&printed.picture(200), 1.0, 0.0), 80);
    let mut pdf = b"%PDF-1.4\n1 0 obj\n<</Type/XObject/Subtype/Image/Filter/DCTDecode>>\nstream\n".to_vec();
    pdf.extend(&scan);
    pdf.extend(b"\nendstream\nendobj\n");
    let found = read_back(&pdf).unwrap();
    assert_eq!((found.compact, found.source), (compact, Source::PdfPicture));
}

#[test]
fn webp_reads_back() {
    let (printed, compact) = certificate(1200);
    let page = image::open(printed.picture(150)).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::from(page.into_rgb8())
        .write_to(&mut bytes, ImageFormat::WebP)
        .unwrap();
    let found = read_back(&bytes.into_inner()).unwrap();
    assert_eq!((found.compact, found.source), (compact, Source::WebP));
}

#[test]
fn too_many_lines_for_a_page_are_refused_and_a_fair_number_fits() {
    let mut sheet = support::certificate(1500);
    let line = sheet.lines[2].clone();
    sheet.lines.extend(std::iter::repeat_n(line.clone(), 3));
    let printed = Printed::new(certificate_pdf(fonts(), &sheet).unwrap());
    let information = run("pdfinfo", "poppler-utils", &[&printed.name("it.pdf")]);
    assert!(information.contains("Pages:           1"));
    sheet.lines.extend(std::iter::repeat_n(line, 20));
    assert!(matches!(
        certificate_pdf(fonts(), &sheet),
        Err(PaperError::DoesNotFit)
    ));
}

#[test]
fn text_that_is_no_certificate_is_not_printed() {
    let mut sheet = support::certificate(1500);
    sheet.compact = "王.明.华~".into();
    assert!(matches!(
        certificate_pdf(fonts(), &sheet),
        Err(PaperError::NotCompact)
    ));
}

#[test]
fn records_run_over_pages_with_numbers_in_the_languages_asked_for() {
    for (languages, has, lacks) in [
        (Languages::Chinese, "培训记录 12", "Training record"),
        (Languages::English, "Training record 12", "培训记录"),
        (Languages::Both, "培训记录 12", "\u{0}"),
    ] {
        let pdf = records_pdf(fonts(), &support::records(12, languages)).unwrap();
        let printed = Printed::new(pdf);
        let file = printed.name("it.pdf");
        assert!(run("qpdf", "qpdf", &["--check", &file]).contains("No syntax or stream encoding errors"));
        let text = run("pdftotext", "poppler-utils", &["-raw", &file, "-"]);
        assert!(text.contains(has) && !text.contains(lacks), "{languages:?}");
        let pages = text.matches('\u{c}').count();
        assert!(
            pages > 1 && text.contains(&format!("{pages} / {pages}")),
            "{languages:?}: {pages} pages"
        );
        assert_eq!(
            text.matches("王㛃").count(),
            12,
            "every name once, rare character and all"
        );
    }
}

#[test]
fn a_text_too_long_for_a_code_is_attached_alone_and_the_page_says_so() {
    let (printed, text) = certificate(4_000);
    let found = read_back(&printed.pdf).unwrap();
    assert_eq!(found.compact, text);
    let words = run("pdftotext", "poppler-utils", &[&printed.name("it.pdf"), "-"]);
    assert!(words.contains("says more than a code holds"), "{words}");
    assert!(words.contains("不印二维码"), "{words}");
    let picture = std::fs::read(printed.picture(100)).unwrap();
    assert!(read_back(&picture).is_err(), "there is no code to read");
    let (with_code, _) = certificate(1_200);
    let words = run("pdftotext", "poppler-utils", &[&with_code.name("it.pdf"), "-"]);
    assert!(!words.contains("says more than a code holds"), "{words}");
}

#[test]
fn what_says_much_takes_a_second_page_with_the_code_and_nothing_is_left_out() {
    let mut sheet = support::certificate(1_800);
    let more = |n: usize| {
        let label = Text::both(format!("第{n}项承诺"), format!("Pledge number {n}"));
        let value = Text::both(
            "我承诺依法执业。".repeat(3),
            "I pledge to practise lawfully. ".repeat(3),
        );
        paper::Line::new(label, value)
    };
    sheet.lines.extend((1..=8).map(more));
    let printed = Printed::new(certificate_pdf(fonts(), &sheet).unwrap());
    assert_eq!(read_back(&printed.pdf).unwrap().compact, sheet.compact);
    let about = run("pdfinfo", "poppler-utils", &[&printed.name("it.pdf")]);
    assert!(
        about
            .lines()
            .any(|line| line.starts_with("Pages:") && line.ends_with(" 2")),
        "{about}"
    );
    let words = run("pdftotext", "poppler-utils", &[&printed.name("it.pdf"), "-"]);
    for n in 1..=8 {
        assert!(words.contains(&format!("Pledge number {n}")), "{words}");
    }
    let root = printed.name("second");
    let second = [
        "-f",
        "2",
        "-r",
        "150",
        "-gray",
        "-png",
        "-singlefile",
        &printed.name("it.pdf"),
        &root,
    ];
    run("pdftoppm", "poppler-utils", &second);
    let picture = std::fs::read(printed.path("second.png")).unwrap();
    assert_eq!(read_back(&picture).unwrap().compact, sheet.compact);
}

#[test]
fn a_value_longer_than_a_page_runs_on() {
    let mut sheet = support::records(1, Languages::Chinese);
    sheet.sections[1].lines[3].value = Text::same("陈述".repeat(2000));
    let printed = Printed::new(records_pdf(fonts(), &sheet).unwrap());
    let text = run(
        "pdftotext",
        "poppler-utils",
        &["-raw", &printed.name("it.pdf"), "-"],
    );
    assert_eq!(text.matches('陈').count(), 2000);
}
