//! Files that a person puts to a procedure: what is taken is of one kind by its content, and whole.

use model::procedure::FileKind;
use registry::procedure_file_whole as whole;

use crate::{Target, choices};

/// See [`crate::procedure_files`].
pub const TARGET: Target = Target {
    name: "procedure_files",
    run,
    seeds,
    words: &[
        "%PDF-1.7\n",
        "%PDF-2.0\n",
        "startxref\n",
        "%%EOF\n",
        "\u{89}PNG\r\n\x1a\n",
        "IHDR",
        "IDAT",
        "IEND",
        "<script>",
        "PK\x03\x04",
    ],
};

fn run(bytes: &[u8]) {
    // No choice is made here: a file is what its bytes say.
    let ([], file) = choices(bytes);
    let Some((kind, part)) = whole(file) else { return };
    let begins: &[u8] = match kind {
        FileKind::Pdf => b"%PDF-",
        FileKind::Png => b"\x89PNG\r\n\x1a\n",
        FileKind::Jpeg => b"\xff\xd8",
    };
    assert!(file.starts_with(begins), "a file begins as its kind does");
    assert!(file.starts_with(part), "nothing is added");
    assert_eq!(whole(part), Some((kind, part)), "what is kept is whole");
    let cut = &part[..part.len() - 1];
    let more = [part, b"<html>"].concat();
    match kind {
        FileKind::Pdf => {
            let tail = &file[file.len().saturating_sub(1_024)..];
            assert!(
                tail.windows(5).any(|part| part == b"%%EOF"),
                "a document has its end"
            );
        }
        FileKind::Png => {
            assert_eq!(part, file, "nothing follows the end of a picture");
            assert_eq!(whole(&more), None, "nothing follows the end of a picture");
        }
        FileKind::Jpeg => {
            assert!(part.ends_with(b"\xff\xd9"), "a picture has its end");
            assert_eq!(
                whole(&more),
                Some((kind, part)),
                "what follows its end is cut off"
            );
        }
    }
    if kind != FileKind::Pdf {
        assert_eq!(whole(cut), None, "a picture that is cut short is none");
    }
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

fn seeds() -> Vec<Vec<u8>> {
    let png = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
        chunk(b"IDAT", &[1, 2, 3]),
        chunk(b"IEND", &[]),
    ];
    let jpeg = [
        &b"\xff\xd8\xff\xe0\x00\x04ab"[..],
        b"\xff\xc0\x00\x09\x08\x00\x01\x00\x01\x01\x00",
        b"\xff\xda\x00\x03\x00\x11\x22\x33\xff\xd9",
    ];
    vec![
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n".to_vec(),
        png.concat(),
        jpeg.concat(),
    ]
}
