use super::*;
use crate::{Db, backup::Identity};

/// A disk with room for so many bytes.
struct Disk {
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_disk_that_is_full_anywhere_on_the_way_is_told_of() {
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    // Of chance, so that it stays as large as it is.
    let mut noise = vec![0; 400_000];
    aws_lc_rs::rand::fill(&mut noise).unwrap();
    fs::write(data.join("noise"), &noise).unwrap();
    let db = Db::open_file(&folder.path().join("records.db")).await.unwrap();
    let recipient = Identity::fresh().unwrap().recipient().unwrap();
    let this = Backup { db, data, database: None, configuration: None, others: Vec::new(), recipient: None };
    let (records, now) = (folder.path().join("records.db"), Timestamp::UNIX_EPOCH);
    let to = Path::new("backup");
    let plain = |room| write(&this, &records, Disk { room }, to, 1, now).map(|it| it.1.room);
    let sealed = |room| {
        let noted = Noted { to: Disk { room }, hash: Sha256::new() };
        sealed(&this, &recipient, &records, noted, to, 1, now).map(|_| 0)
    };
    let needed = 1_000_000_000 - plain(1_000_000_000).unwrap();
    assert!(400_000 < needed, "{needed}");
    assert!(plain(needed).is_ok() && sealed(2 * needed).is_ok());
    for room in [0, 1, 20, needed / 3, needed / 2, needed - 60_000, needed - 1] {
        for made in [plain(room), sealed(room)] {
            let full = |err: &BackupError| matches!(err, BackupError::Io(_, it) if it.kind() == io::ErrorKind::StorageFull);
            assert!(made.as_ref().is_err_and(full), "{room} of {needed}: {made:?}");
        }
    }
}
