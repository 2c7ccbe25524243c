//! A private PostgreSQL for the tests: its own folder, its own socket, no network, an unprivileged user.
//!
//! A small shell script starts and stops the server. It lives as long as the pipe to it, so that the server
//! stops when this program ends, also by Ctrl-C or a kill. What a power cut leaves behind is removed by the
//! next start.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{Fault, is_root, run, succeeds, while_doing};
use crate::places::Places;

/// The variable that tells the tests where the server is, as a libpq connection string.
pub(crate) const VARIABLE: &str = "STANDING_TEST_POSTGRES";

const SCRIPT: &str = include_str!("postgres.sh");
const FOLDER_PREFIX: &str = "standing-pg-";
/// A Unix socket's path has 108 bytes with its last zero on Linux.
const LONGEST_SOCKET_PATH: usize = 107;
const SOCKET_NAME: &str = "/standing-pg-XXXXXX/.s.PGSQL.5432";

/// A running server; dropping it stops the server and removes its folder.
pub(crate) struct Server {
    keeper: Child,
    folder: PathBuf,
    note: PathBuf,
}

impl Server {
    /// Starts a server in a fresh folder, after clearing away what an earlier run had to leave.
    pub(crate) fn start(places: &Places) -> Result<Self, Fault> {
        let programs = server_folder().ok_or_else(|| {
            Fault::new("no PostgreSQL server under /usr/lib/postgresql: run `cargo xtask setup`")
        })?;
        let notes = places.target.join("xtask");
        while_doing("cannot make the folder for notes", fs::create_dir_all(&notes))?;
        clear_stale(&notes);
        let mut command = as_server_user("sh");
        command
            .args(["-c", SCRIPT, "postgres.sh"])
            .arg(&programs)
            .arg(folder_for_sockets());
        // Its own process group: Ctrl-C in the terminal is for the tests, the keeper then stops in order.
        command
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut keeper = while_doing("cannot start PostgreSQL's keeper", command.spawn())?;
        let Some(folder) = wait_until_ready(&mut keeper) else {
            drop(keeper.stdin.take());
            let status = while_doing("cannot wait for PostgreSQL's keeper", keeper.wait())?;
            return Err(Fault::new(format!(
                "PostgreSQL did not start (see above; its keeper ended with {status})"
            )));
        };
        let note = notes.join(format!("postgres-{}", std::process::id()));
        let server = Self { keeper, folder, note };
        while_doing(
            "cannot note where PostgreSQL is",
            fs::write(&server.note, server.folder.to_string_lossy().as_bytes()),
        )?;
        Ok(server)
    }

    /// What [`VARIABLE`] is set to.
    pub(crate) fn address(&self) -> String {
        format!("host={} user=standing dbname=postgres", self.folder.display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("cannot wait for PostgreSQL's keeper: {error}");
        }
        // The note only matters when the folder outlived its server.
        if !self.folder.exists() {
            let _ = fs::remove_file(&self.note);
        }
    }
}

fn wait_until_ready(keeper: &mut Child) -> Option<PathBuf> {
    let mut line = String::new();
    BufReader::new(keeper.stdout.take()?).read_line(&mut line).ok()?;
    ready_folder(&line)
}

fn ready_folder(line: &str) -> Option<PathBuf> {
    line.strip_prefix("ready ")?.strip_suffix('\n').map(PathBuf::from)
}

/// Runs one command with a server of its own.
pub(crate) fn around(places: &Places, command: Vec<OsString>) -> Result<(), Fault> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Fault::new("no command given"));
    };
    let server = Server::start(places)?;
    run(Command::new(program)
        .args(arguments)
        .env(VARIABLE, server.address()))
}

/// The programs of the newest installed server, such as `/usr/lib/postgresql/17/bin`.
pub(crate) fn server_folder() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    newest(versions.filter(|folder| folder.join("bin/initdb").is_file())).map(|folder| folder.join("bin"))
}

fn newest(folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    folders.max_by_key(|folder| {
        folder
            .file_name()
            .and_then(|name| name.to_str()?.parse::<u32>().ok())
    })
}

/// PostgreSQL refuses to run as the superuser; it runs as Debian's user for it, or as nobody.
fn as_server_user(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let user = if succeeds(Command::new("id").arg("postgres")) {
        "postgres"
    } else {
        "nobody"
    };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--", program]);
    command
}

fn folder_for_sockets() -> PathBuf {
    socket_base(&std::env::temp_dir(), is_root())
}

/// The folder to make the server's folder in. The superuser's own temporary folder may be closed to the
/// server's user, and a long path leaves no room for the socket's name.
fn socket_base(temporary: &Path, root: bool) -> PathBuf {
    let fits = temporary.as_os_str().len() + SOCKET_NAME.len() <= LONGEST_SOCKET_PATH;
    if !root && fits && temporary.is_absolute() {
        temporary.to_path_buf()
    } else {
        PathBuf::from("/tmp")
    }
}

/// Stops and removes the servers of runs that ended without being able to.
fn clear_stale(notes: &Path) {
    let Ok(entries) = fs::read_dir(notes) else { return };
    for note in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let Some(pid) = note
            .file_name()
            .and_then(|name| name.to_str()?.strip_prefix("postgres-")?.parse().ok())
        else {
            continue;
        };
        if is_running(pid) {
            continue;
        }
        let folder = fs::read_to_string(&note).unwrap_or_default();
        if is_ours(&folder) && Path::new(&folder).is_dir() {
            println!("removing what an interrupted run left: {folder}");
            stop_and_remove(&folder);
        }
        if !Path::new(&folder).exists() || !is_ours(&folder) {
            let _ = fs::remove_file(&note);
        }
    }
}

fn stop_and_remove(folder: &str) {
    if let Some(programs) = server_folder() {
        let data = format!("{folder}/data");
        let mut stop = as_server_user("env");
        stop.current_dir("/").arg(programs.join("pg_ctl")).args([
            "stop",
            "--mode=immediate",
            "--pgdata",
            &data,
        ]);
        // A server that is no longer there can't be stopped, and need not be.
        succeeds(&mut stop);
    }
    succeeds(as_server_user("rm").current_dir("/").args(["-rf", "--", folder]));
}

fn is_running(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim_end() == "xtask")
}

/// Nothing is removed but a folder of the name that the script gives.
fn is_ours(folder: &str) -> bool {
    let path = Path::new(folder);
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    path.is_absolute() && name.len() == FOLDER_PREFIX.len() + 6 && name.starts_with(FOLDER_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_server_is_taken_by_number_not_by_letter() {
        let folders = [
            "/usr/lib/postgresql/9",
            "/usr/lib/postgresql/17",
            "/usr/lib/postgresql/extra",
        ];
        assert_eq!(
            newest(folders.iter().map(PathBuf::from)),
            Some(PathBuf::from("/usr/lib/postgresql/17"))
        );
        assert_eq!(newest(std::iter::empty()), None);
    }

    #[test]
    fn the_socket_has_room_for_its_name() {
        let short = Path::new("/var/folders/tmp");
        assert_eq!(socket_base(short, false), short);
        let long = PathBuf::from(format!("/{}", "t".repeat(80)));
        assert_eq!(socket_base(&long, false), Path::new("/tmp"));
        let longest = PathBuf::from(format!(
            "/{}",
            "t".repeat(LONGEST_SOCKET_PATH - SOCKET_NAME.len() - 1)
        ));
        assert_eq!(socket_base(&longest, false), longest);
    }

    #[test]
    fn the_superusers_own_temporary_folder_is_not_used() {
        assert_eq!(socket_base(Path::new("/private/tmp"), true), Path::new("/tmp"));
        assert_eq!(socket_base(Path::new("relative"), false), Path::new("/tmp"));
    }

    #[test]
    fn only_a_folder_of_our_own_naming_is_ever_removed() {
        assert!(is_ours("/tmp/standing-pg-a1B2c3"));
        for other in [
            "",
            "/",
            "/tmp",
            "standing-pg-a1B2c3",
            "/tmp/standing-pg-",
            "/tmp/standing-pg-a1B2c3/data",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn only_a_whole_answer_of_the_keeper_counts() {
        assert_eq!(
            ready_folder("ready /tmp/standing-pg-a1B2c3\n"),
            Some(PathBuf::from("/tmp/standing-pg-a1B2c3"))
        );
        assert_eq!(ready_folder("ready /tmp/standing-pg-a1"), None);
        assert_eq!(ready_folder(""), None);
    }
}
