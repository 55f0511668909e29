//! The journal on real files: crashes, bounds, full and read-only disks.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use tempfile::TempDir;
use troupe::{
    cold::queued::DailyMetrics,
    hot::queue::Item,
    warm::queue::{
        Write,
        journal::{Change, JournalError, Shelf, look_at},
    },
};

const MOST: u64 = 1024 * 1024;
const FOREVER: i64 = i64::MAX;

fn item(key: &str, priority: u8) -> Item {
    large(key, priority, 1)
}

fn large(key: &str, priority: u8, bytes: usize) -> Item {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
    let metrics = DailyMetrics { day, guild: None, add: [("m".repeat(bytes), 1)].into() };
    Write::new(key, priority, &metrics).expect("a write").item()
}

fn keys(shelf: &Shelf) -> Vec<String> {
    shelf.due(FOREVER, 1_000, usize::MAX).into_iter().map(|stored| stored.item.key).collect()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// As a crash leaves it: the lock is gone, and nothing else was done.
fn crash(shelf: Shelf, folder: &Path) -> TempDir {
    let after = self::folder();
    for path in files(folder) {
        fs::copy(&path, after.path().join(path.file_name().expect("a name"))).expect("a copy");
    }
    drop(shelf);
    after
}

#[test]
fn what_is_kept_outlives_a_crash_in_order_and_once() {
    let folder = folder();
    let mut shelf = Shelf::new(folder.path(), MOST);
    assert!(files(folder.path()).is_empty(), "no file before there is something to keep");
    let items = [item("late", 9), item("a", 5), item("b", 5), item("urgent", 0), item("gone", 5)];
    assert!(shelf.keep(&items).iter().all(Result::is_ok));
    assert_eq!(shelf.keep(&[items[1].clone()]), [Ok(())], "kept already");
    assert_eq!(shelf.done(&["gone".to_owned(), "unknown".to_owned()]), 1);
    assert!(shelf.bury("b", 3, "a check", 77) && !shelf.bury("unknown", 1, "a check", 77));
    assert_eq!(files(folder.path()).len(), 1);
    let mode = fs::metadata(&files(folder.path())[0]).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "members' words are for this user alone");

    let after = crash(shelf, folder.path());
    let mut next = Shelf::new(after.path(), MOST);
    assert_eq!(next.take_over().expect("readable").files, 1);
    assert_eq!(keys(&next), ["urgent", "a", "late"]);
    let dead = next.dead(10);
    assert_eq!(
        (dead.len(), dead[0].attempts, dead[0].since_ms, dead[0].dead.as_deref()),
        (1, 3, 77, Some("a check"))
    );
    assert_eq!(dead[0].item, items[2]);
    let measured = next.measure();
    assert_eq!((measured.waiting, measured.dead), (3, 1));
    assert!(next.revive("b", 99) && !next.revive("b", 99) && !next.revive("a", 99));
    next.postpone("a", 1, 1_000);
    assert_eq!(next.due(999, 10, usize::MAX).len(), 3, "one is not due");
    assert_eq!(next.due(1_000, 2, usize::MAX).len(), 2);
    assert_eq!(next.due(1_000, 10, 1).len(), 1, "one at least, whatever its size");
    next.done(&["urgent", "a", "b", "late"].map(str::to_owned));
    assert!(files(after.path()).is_empty(), "a file of a dead process goes when all in it is done");
}

#[test]
fn a_file_belongs_to_one_process_until_it_dies() {
    let folder = folder();
    let mut first = Shelf::new(folder.path(), MOST);
    first.keep(&[item("a", 1)]);
    let mut second = Shelf::new(folder.path(), MOST);
    let taken = second.take_over().expect("readable");
    assert_eq!((taken.files, taken.theirs.len()), (0, 1));
    let seen = look_at(&taken.theirs);
    assert_eq!((seen.len(), seen[0].item.key.as_str()), (1, "a"), "it can be looked at");
    drop(first);
    assert_eq!(second.take_over().expect("readable").files, 1);
    assert_eq!(keys(&second), ["a"]);
}

#[test]
fn a_torn_end_is_cut_off_and_appending_goes_on() {
    let whole = folder();
    let mut shelf = Shelf::new(whole.path(), MOST);
    shelf.keep(&[item("a", 1)]);
    let after_one = fs::metadata(&files(whole.path())[0]).expect("a file").len();
    shelf.keep(&[item("b", 2)]);
    let path = files(whole.path())[0].clone();
    let bytes = fs::read(&path).expect("a file");
    for cut in 0..=bytes.len() {
        let torn = folder();
        fs::write(torn.path().join("0.journal"), &bytes[..cut]).expect("a torn file");
        let mut next = Shelf::new(torn.path(), MOST);
        next.take_over().expect("readable");
        let expected: &[&str] = match cut as u64 {
            cut if cut < after_one => &[],
            _ if cut < bytes.len() => &["a"],
            _ => &["a", "b"],
        };
        assert_eq!(keys(&next), expected, "cut at {cut}");
        assert_eq!(next.keep(&[item("c", 3)]), [Ok(())]);
        assert_eq!(keys(&next).last().map(String::as_str), Some("c"));
    }
}

#[test]
fn the_bound_holds_and_what_is_done_makes_room() {
    let folder = folder();
    let mut shelf = Shelf::new(folder.path(), 100_000);
    let kept: Vec<String> = (0..200)
        .map(|n| large(&format!("w{n:03}"), 1, 1_000))
        .take_while(|item| shelf.keep(std::slice::from_ref(item)) == [Ok(())])
        .map(|item| item.key)
        .collect();
    assert!((50..100).contains(&kept.len()), "{}", kept.len());
    let full = JournalError::Full { most_bytes: 100_000 };
    assert_eq!(shelf.keep(&[large("over", 1, 1_000)]), [Err(full.clone())]);
    assert!(full.to_string().contains("QUEUE_FILE_BYTES"));

    let (done, left) = kept.split_at(kept.len() - 10);
    shelf.done(done);
    assert!(shelf.bury(&left[0], 1, "a check", 5));
    assert!(
        (0..40).all(|n| shelf.keep(&[large(&format!("x{n:03}"), 2, 1_000)]) == [Ok(())]),
        "rewritten without what is done"
    );
    let path = files(folder.path());
    assert_eq!(path.len(), 1, "no draft stays");
    assert!(fs::metadata(&path[0]).expect("a file").len() <= 100_000);
    let after = crash(shelf, folder.path());
    let mut next = Shelf::new(after.path(), MOST);
    next.take_over().expect("readable");
    assert_eq!((keys(&next).len(), next.dead(9)[0].item.key.as_str()), (49, left[0].as_str()));
    assert_eq!(keys(&next)[..9], left[1..]);
}

#[test]
fn what_is_rewritten_leaves_no_word_behind() {
    let folder = folder();
    let mut shelf = Shelf::new(folder.path(), MOST);
    shelf.keep(&[item("keep", 1), large("less", 2, 50), large("gone", 3, 60)]);
    shelf.bury("less", 2, "a check", 5);
    let changed = shelf.rewrite_with(|stored| match stored.item.key.as_str() {
        "less" => Change::Text(stored.item.text.replace(&"m".repeat(50), "m")),
        "gone" => Change::Gone,
        _ => Change::None,
    });
    assert_eq!(changed, Ok(2));
    let text = fs::read(&files(folder.path())[0]).expect("a file");
    assert!(!String::from_utf8_lossy(&text).contains(&"m".repeat(50)));
    assert_eq!((keys(&shelf), shelf.dead(9).len()), (vec!["keep".to_owned()], 1));
    assert_eq!(shelf.keep(&[item("more", 4)]), [Ok(())]);
    assert_eq!(keys(&shelf), ["keep", "more"]);
}

/// A file system of 64 KiB, which needs root.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = folder();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ended = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_said_leaves_no_half_record_and_heals() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: mounting a small disk needs root: nothing is known of full disks");
        return;
    };
    let queue = disk.0.path().join("queue");
    let mut shelf = Shelf::new(&queue, MOST);
    let kept =
        (0..200).take_while(|n| shelf.keep(&[large(&format!("w{n:03}"), 1, 1_000)]) == [Ok(())]).count();
    assert!((20..64).contains(&kept), "{kept}");
    let answers = shelf.keep(&[large("big", 1, 30_000), large("bigger", 1, 30_000)]);
    for answer in &answers {
        let Err(error @ JournalError::File { .. }) = answer else { panic!("{answer:?}") };
        assert!(
            error.to_string().contains("No space left") && error.to_string().contains("DATA_DIR"),
            "{error}"
        );
    }
    let path = files(&queue)[0].clone();
    let copy = folder();
    fs::copy(&path, copy.path().join("0.journal")).expect("a copy");
    let mut next = Shelf::new(copy.path(), MOST);
    next.take_over().expect("readable");
    assert_eq!(keys(&next).len(), kept, "all that was kept, and no half record");

    let half: Vec<String> = (0..kept).map(|n| format!("w{n:03}")).collect();
    shelf.done(&half);
    assert_eq!(shelf.keep(&[large("after", 1, 1_000)]), [Ok(())], "it heals");
    assert_eq!(keys(&shelf), ["after"]);
}

#[test]
fn a_disk_that_takes_no_writes_is_said_and_heals() {
    // Root writes past permissions; a file where the folder should be stops everybody.
    let parent = folder();
    let queue = parent.path().join("queue");
    fs::write(&queue, "in the way").expect("a file");
    let mut shelf = Shelf::new(&queue, MOST);
    let Err(error) = &shelf.keep(&[item("a", 1)])[0] else { panic!("kept in a file") };
    assert!(error.to_string().contains("DATA_DIR"), "{error}");
    fs::remove_file(&queue).expect("removed");
    assert_eq!(shelf.keep(&[item("a", 1)]), [Ok(())]);
}

#[test]
fn a_read_only_disk_is_said() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: mounting a small disk needs root: nothing is known of read-only disks");
        return;
    };
    let remount = |how: &str| {
        let status =
            Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(disk.0.path()).status();
        assert!(status.is_ok_and(|status| status.success()));
    };
    let mut shelf = Shelf::new(&disk.0.path().join("queue"), MOST);
    remount("ro");
    let Err(error) = &shelf.keep(&[item("a", 1)])[0] else { panic!("kept on a read-only disk") };
    assert!(error.to_string().contains("Read-only"), "{error}");
    remount("rw");
    assert_eq!(shelf.keep(&[item("a", 1)]), [Ok(())], "it heals");
}
