import CustomerRecords
import DeliveryJournal
import DeliveryModel
import Foundation
import SystemPackage

/// `unsent_YYYY-MM-DD.csv`: the records of a day's runs that are failed at this moment, so that it can be sent again.
enum UnsentFile {
    /// Writes the file of a day anew, or removes it when nothing is left.
    /// - Returns: its path; `nil` when there is none.
    @concurrent
    static func write(for day: Date, in folder: FilePath, journal: Journal) async throws(DeliveryError) -> FilePath? {
        let calendar = Calendar(identifier: .gregorian)
        let start = calendar.startOfDay(for: day)
        let end = calendar.date(byAdding: .day, value: 1, to: start) ?? start.addingTimeInterval(86_400)
        let path = folder.appending("unsent_\(name(of: start, calendar)).csv")
        var page = try await journal.unsentRecords(from: start, to: end, after: 0)
        if page.isEmpty {
            unlink(path.string)
            return nil
        }
        try StateDirectory.createFolder(folder)
        let temporary = folder.appending(".unsent-\(getpid())-\(UInt32.random(in: 0...(.max))).tmp")
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite])
            do {
                var bytes: [UInt8] = []
                CSVWriter.append(["name", "age", "cookie", "banner_id"], to: &bytes)
                while let last = page.last {
                    for record in page {
                        CSVWriter.append([record.name, record.age, record.cookie, record.bannerID], to: &bytes)
                    }
                    try file.writeAll(bytes)
                    bytes.removeAll(keepingCapacity: true)
                    page = try await journal.unsentRecords(from: start, to: end, after: last.id)
                }
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                try? file.close()
                throw error
            }
            try file.close()
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as DeliveryError {
            unlink(temporary.string)
            throw error
        } catch {
            unlink(temporary.string)
            throw DeliveryError(.journal, "\(path) can't be written: \(error). The records stay in the journal.")
        }
        return path
    }

    private static func name(of day: Date, _ calendar: Calendar) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }
}

extension Engine {
    /// Brings the files up to date that a run's end changes: its day's, and for a retry those of the runs before it.
    func writeUnsent(for run: RunContext) async throws(DeliveryError) -> FilePath? {
        let folder = configuration.unsentDirectory
        var origin = run.source
        var seen: Set<RunID> = [run.id]
        while case .retry(let id) = origin, seen.insert(id).inserted, let summary = try await journal.run(id) {
            let path = try await UnsentFile.write(for: summary.startedAt, in: folder, journal: journal)
            try await commits.commit([.unsentFile(id, path?.string)])
            origin = summary.source
        }
        // A run without a failure of its own leaves the file of its day alone.
        guard run.statistics.counts.failed > 0 else { return nil }
        return try await UnsentFile.write(for: run.startedAt, in: folder, journal: journal)
    }
}
