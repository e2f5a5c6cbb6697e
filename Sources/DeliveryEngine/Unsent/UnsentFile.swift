import CustomerRecords
import DeliveryModel
import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// `unsent_YYYY-MM-DD.csv`: the records of a day's runs that are failed at this moment, so that it can be sent again.
///
/// A file of that name that somebody else wrote, another state directory or the program before this one, is left as it is:
/// then a number is added to the name.
struct UnsentFile {
    /// `nil` while no run has noted one.
    private(set) var path: FilePath?
    /// Runs that have noted it.
    private var noted: [RunID]
    private let day: LocalDay
    private let folder: FilePath
    private let archive: any FailureArchive & CommitLog

    /// For whoever looks for a file, writes it, and notes it: one that was written by what an earlier look showed would hold
    /// records that were delivered since.
    static let line = WorkLine()

    /// The file of a day, as runs have noted it.
    init(of day: LocalDay, in folder: FilePath, archive: any FailureArchive & CommitLog) async throws(DeliveryError) {
        let files = try await archive.unsentFiles(of: day).mapValues { FilePath($0) }
            .filter { Self.isSame($0.value.removingLastComponent(), folder) }
        let name = files.min { $0.key < $1.key }?.value.lastComponent
        path = name.map { folder.appending($0) }
        noted = files.filter { $0.value.lastComponent == name }.keys.sorted()
        self.day = day
        self.folder = folder
        self.archive = archive
    }

    /// Takes a name that nobody has, when there is none yet, and has a run note it before anything is written: after a crash
    /// in between it would be taken for somebody else's.
    mutating func claim(for run: RunID) async throws(DeliveryError) {
        guard path == nil else { return }
        try StateDirectory.createFolder(folder)
        for number in 1...Self.maximumNames {
            let new = folder.appending("unsent_\(day.rawValue)\(number == 1 ? "" : ".\(number)").csv")
            let descriptor = open(new.string, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
            if descriptor < 0, errno == EEXIST { continue }
            guard descriptor >= 0 else {
                throw DeliveryError(
                    .journal, "\(new) can't be written: \(Errno(rawValue: errno)). The records stay in the journal.")
            }
            close(descriptor)
            path = new
            noted = [run]
            return try await archive.commit([.unsentFile(run, new.string)])
        }
        throw DeliveryError(
            .journal, "\(folder) has \(Self.maximumNames) files of other programs for \(day.rawValue). Remove them.")
    }

    /// Whether it has the name that everybody expects.
    var hasUsualName: Bool { path?.lastComponent?.string == "unsent_\(day.rawValue).csv" }

    private static let maximumNames = 1000

    private static func isSame(_ first: FilePath, _ second: FilePath) -> Bool {
        if first == second { return true }
        var (one, other) = (stat(), stat())
        return stat(first.string, &one) == 0 && stat(second.string, &other) == 0 && one.st_ino == other.st_ino
            && one.st_dev == other.st_dev
    }

    /// Brings the file of a day up to date, when there is one.
    static func update(
        _ day: LocalDay, in folder: FilePath, archive: any FailureArchive & CommitLog
    ) async throws(DeliveryError) {
        try await line.pass { () throws(DeliveryError) in
            _ = try await UnsentFile(of: day, in: folder, archive: archive).write()
        }
    }

    /// Writes the file again, or removes it when nothing is left.
    /// - Returns: its path; `nil` when there is none.
    @concurrent
    func write() async throws(DeliveryError) -> FilePath? {
        guard let path else { return nil }
        var page = try await archive.unsentRecords(of: day, after: 0, limit: 2000)
        if page.isEmpty {
            unlink(path.string)
            // Whoever writes a file of that name from now on is somebody else.
            try await archive.commit(noted.map { .unsentFile($0, nil) })
            return nil
        }
        try StateDirectory.createFolder(folder)
        Self.removeDrafts(in: folder)
        let temporary = folder.appending(".unsent-\(getpid())-\(UInt32.random(in: 0...(.max))).tmp")
        do {
            let file = try FileDraft(of: path, as: temporary)
            var bytes: [UInt8] = []
            CSVWriter.append(["name", "age", "cookie", "banner_id"], to: &bytes)
            while let last = page.last {
                for record in page {
                    CSVWriter.append(record.fields.texts, to: &bytes)
                }
                try file.write(bytes)
                bytes.removeAll(keepingCapacity: true)
                page = try await archive.unsentRecords(of: day, after: last.id, limit: 2000)
            }
            try file.commit(.content)
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.journal, "\(path) can't be written: \(error). The records stay in the journal.")
        }
        return path
    }

    /// A process that was killed while it wrote leaves a draft; a younger one may belong to a process that writes now.
    private static func removeDrafts(in folder: FilePath) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        for name in names where name.hasPrefix(".unsent-") && name.hasSuffix(".tmp") {
            let draft = folder.appending(name)
            var status = stat()
            if lstat(draft.string, &status) == 0, status.st_mtim.tv_sec < time(nil) - 3600 { unlink(draft.string) }
        }
    }
}
