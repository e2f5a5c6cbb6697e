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
    let path: FilePath
    /// Whether a run has noted it. One that is new has to be noted before it is written: after a crash in between it would
    /// be taken for somebody else's.
    let isNoted: Bool
    private let day: LocalDay
    private let folder: FilePath
    private let archive: any FailureArchive

    /// Where the records of a day go.
    init(of day: LocalDay, in folder: FilePath, archive: any FailureArchive) async throws(DeliveryError) {
        let usual = "unsent_\(day.rawValue)"
        let noted = try await archive.unsentFiles(of: day).sorted().map { FilePath($0) }
        let own = noted.first { Self.isSame($0.removingLastComponent(), folder) }?.lastComponent
        let names =
            [own?.string].compactMap(\.self)
            + (1...Self.maximumNames).lazy.map {
                $0 == 1 ? "\(usual).csv" : "\(usual).\($0).csv"
            }.filter { access(folder.appending($0).string, F_OK) != 0 }.prefix(1)
        guard let name = names.first else {
            throw DeliveryError(
                .journal, "\(folder) has \(Self.maximumNames) files of other programs for \(day.rawValue). Remove them."
            )
        }
        path = folder.appending(name)
        isNoted = own != nil
        self.day = day
        self.folder = folder
        self.archive = archive
    }

    /// Whether it has the name that everybody expects.
    var hasUsualName: Bool { path.lastComponent?.string == "unsent_\(day.rawValue).csv" }

    private static let maximumNames = 1000

    private static func isSame(_ first: FilePath, _ second: FilePath) -> Bool {
        if first == second { return true }
        var (one, other) = (stat(), stat())
        return stat(first.string, &one) == 0 && stat(second.string, &other) == 0 && one.st_ino == other.st_ino
            && one.st_dev == other.st_dev
    }

    /// Brings the file of a day up to date that a run has noted.
    static func update(
        _ day: LocalDay, in folder: FilePath, archive: any FailureArchive
    ) async throws(DeliveryError) {
        let file = try await UnsentFile(of: day, in: folder, archive: archive)
        if file.isNoted { _ = try await file.write() }
    }

    /// Writes the file again, or removes it when nothing is left.
    /// - Returns: its path; `nil` when there is none.
    @concurrent
    func write() async throws(DeliveryError) -> FilePath? {
        var page = try await archive.unsentRecords(of: day, after: 0, limit: 2000)
        if page.isEmpty {
            if isNoted { unlink(path.string) }
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
