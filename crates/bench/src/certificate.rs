//! Certificates: checked and signed on one core, against bare signatures; and issued whole.

use std::{
    hint::black_box,
    io::Cursor,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use keys::{SystemRandomness, new_p256};
use model::{PersonId, Randomness as _, RecordId};
use registry::{Answer, Checker, EventKind, Registry, VCT};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};
use sd_jwt::{Credential, P256Signer, PublicKey, StatusReference};
use serde_json::json;

use crate::{
    Fault, Plan,
    intake::Loaded,
    measure::{in_turn, median},
    people, say, site,
    table::{Line, Need, Table},
};

/// Certificates issued at once.
const AT_ONCE: usize = 8;
/// Certificates of one round of the whole path.
const A_ROUND: usize = 2000;

/// Checking a certificate with its status, against the signature alone over the same bytes.
pub(crate) fn verify(plan: &Plan, table: &mut Table) -> Result<(), Fault> {
    say("certificates checked");
    let registry = site::open(&plan.folder.join("certificates"))?;
    let csv = people::csv(0..100);
    registry.submit(&site::licences("x.csv"), Cursor::new(csv), &|_| ())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (texts, trust) = runtime.block_on(async {
        let mut texts = Vec::new();
        for number in 0..100 {
            let (person, record) = licence(&registry, number).await?;
            texts.push(registry.issue_certificate(person, record, None).await?.text);
        }
        Ok::<_, Fault>((texts, registry.trust().await?))
    })?;
    let PublicKey::P256(point) = registry
        .issuer()
        .jwks
        .keys
        .first()
        .ok_or("no key")?
        .public_key()?
    else {
        return Err("certificates are signed with another algorithm".into());
    };
    let now = registry.now().as_second();
    let checker = Checker::new(trust, now);
    let mut bare = Vec::new();
    for text in &texts {
        if checker.check(text, now).answer != Answer::Valid {
            return Err("a certificate just issued is not valid".into());
        }
        bare.push(signed_part(text)?);
    }
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    let (mut bare, mut texts) = (bare.iter().cycle(), texts.iter().cycle());
    let (limit, value) = in_turn(
        plan.rounds * 4,
        || {
            if let Some((message, signature)) = bare.next() {
                black_box(key.verify(black_box(message), signature)).ok();
            }
        },
        || {
            if let Some(text) = texts.next() {
                black_box(checker.check(black_box(text), now));
            }
        },
    );
    table.push(Line {
        path: "certificate verified, one core, status checked".into(),
        limit: Some((limit, "bare P-256 verifications")),
        value,
        unit: "/s",
        need: Need::Share(0.7),
    });
    Ok(())
}

/// The bytes that a certificate's signature covers, and the signature.
fn signed_part(text: &str) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let token = text.split('~').next().unwrap_or_default();
    let (message, signature) = token.rsplit_once('.').ok_or("no token")?;
    let signature = BASE64.decode(signature)?;
    Ok((message.as_bytes().to_vec(), signature))
}

/// Signing a certificate, against the signature alone over as many bytes.
pub(crate) fn issue(plan: &Plan, table: &mut Table) -> Result<(), Fault> {
    say("certificates signed");
    let randomness = SystemRandomness::new();
    let secret = new_p256(&randomness)?;
    let signer = P256Signer::from_pkcs8(&secret, randomness.source())?;
    let source = randomness.source();
    let bare = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &secret, &source)
        .map_err(|_| "the key is not read")?;
    let sign = |place: u64| {
        credential(place).sign(&signer, &mut |salt| {
            // Speed is measured here; a source that fails does not stop half-way.
            let _ = randomness.fill(salt);
        })
    };
    let (message, _) = signed_part(&sign(7)?)?;
    let mut place = 0;
    let (limit, value) = in_turn(
        plan.rounds * 4,
        || {
            let _ = black_box(bare.sign(&source, black_box(&message)));
        },
        || {
            place += 1;
            drop(black_box(sign(place)));
        },
    );
    table.push(Line {
        path: "certificate signed, one core".into(),
        limit: Some((limit, "bare P-256 signatures")),
        value,
        unit: "/s",
        need: Need::Share(0.4),
    });
    Ok(())
}

/// The credential that the registry issues about a licence.
fn credential(place: u64) -> Credential {
    const NOW: i64 = 1_800_000_000;
    Credential::new("https://standing.example", VCT)
        .issued_at(NOW)
        .expires_at(NOW + 365 * 24 * 60 * 60)
        .status(&StatusReference {
            uri: "https://standing.example/status-lists/0".into(),
            index: place,
        })
        .claim("profession", json!({"zh": "律师", "en": "Lawyer"}))
        .claim(
            "authority",
            json!({"zh": "虚构市司法局", "en": "Fictional Bureau of Justice"}),
        )
        .claim("licence_status", "in-force")
        .disclosable("name", "测一安")
        .disclosable("licence_number", format!("LAW-{place:08}"))
        .disclosable("first_granted_on", "2020-05-04")
        .disclosable("decision_in_force", false)
        .disclosable("whole_years_without_decision", 6)
        .disclosable("valid_until", "2035-05-04")
        .decoys(2)
}

/// The whole path of issuing: read, sign, seal, status place, leaf, and all of it on disk.
pub(crate) fn issue_durably(plan: &Plan, loaded: &Loaded, table: &mut Table) -> Result<(), Fault> {
    let registry = site::open(&loaded.large)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rates = Vec::new();
    for round in 0..plan.rounds {
        say(&format!(
            "certificates issued, round {} of {}",
            round + 1,
            plan.rounds
        ));
        let holders: Arc<[(PersonId, RecordId)]> = runtime.block_on(async {
            let mut holders = Vec::with_capacity(A_ROUND);
            for number in 0..A_ROUND as u32 {
                holders.push(licence(&registry, (number * 487 + round) % plan.rows).await?);
            }
            Ok::<_, Fault>(holders.into())
        })?;
        rates.push(runtime.block_on(issue_all(&registry, holders))?);
    }
    table.push(Line {
        path: format!("certificate issued, the whole durable path, {AT_ONCE} at once"),
        limit: None,
        value: median(rates),
        unit: "/s",
        need: Need::Nothing,
    });
    Ok(())
}

async fn issue_all(registry: &Registry, holders: Arc<[(PersonId, RecordId)]>) -> Result<f64, Fault> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (registry, next, holders) = (registry.clone(), next.clone(), holders.clone());
            tokio::spawn(async move {
                while let Some((person, record)) = holders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    registry.issue_certificate(*person, *record, None).await?;
                }
                Ok::<_, Fault>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(holders.len() as f64 / started.elapsed().max(Duration::from_micros(1)).as_secs_f64())
}

/// A made-up person's licence.
async fn licence(registry: &Registry, number: u32) -> Result<(PersonId, RecordId), Fault> {
    let person = people::person(number);
    let person = registry
        .find_person(&person.number, &person.name)
        .await?
        .ok_or("a person is missing")?;
    let file = registry.person_file(person, EventKind::OwnLook).await?;
    Ok((person, file.records.first().ok_or("a licence is missing")?.record))
}
