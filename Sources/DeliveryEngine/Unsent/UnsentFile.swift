import CustomerRecords
import DeliveryModel
import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// `unsent_YYYY-MM-DD.csv`: the records of a day's runs that are failed at this moment, so that it can be sent again.
enum UnsentFile {
    /// Rewrites the file of a day, or removes it when nothing is left.
    /// - Returns: its path; `nil` when there is none.
    @concurrent
    static func write(
        for day: LocalDay, in folder: FilePath, archive: any FailureArchive
    ) async throws(DeliveryError) -> FilePath? {
        let path = folder.appending("unsent_\(day.rawValue).csv")
        var page = try await archive.unsentRecords(of: day, after: 0, limit: 2000)
        if page.isEmpty {
            unlink(path.string)
            return nil
        }
        try StateDirectory.createFolder(folder)
        removeDrafts(in: folder)
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
