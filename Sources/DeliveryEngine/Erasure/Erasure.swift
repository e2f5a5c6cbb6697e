import CustomerRecords
public import DeliveryModel
public import DeliveryStore
import Foundation
public import SystemPackage

/// Removes people from everything that is stored: the journal, the files of ended runs, and the log.
///
/// Every step finds what an earlier one that was killed has left. Runs that are not at their end, and files that are not
/// the program's, are named and not touched.
public struct Erasure: Sendable {
    private let store: any DurableStore
    private let directory: StateDirectory
    private let unsent: FilePath

    /// - Parameter unsent: where `unsent_YYYY-MM-DD.csv` lies.
    public init(store: any DurableStore, directory: StateDirectory, unsent: FilePath) {
        self.store = store
        self.directory = directory
        self.unsent = unsent
    }

    @concurrent
    public func erase(_ cookies: ErasedCookies, isDryRun: Bool) async throws(DeliveryError) -> ErasureReport {
        var work = ErasureWork(cookies: cookies, isDryRun: isDryRun, directory: directory, unsent: unsent)
        let erased = try await store.erase(cookies, isDryRun: isDryRun)
        work.report.counts = erased.counts
        work.open = erased.open
        try await eraseRuns(&work)
        try work.eraseUnsentFiles()
        if !isDryRun {
            for day in erased.days.sorted(by: { $0.rawValue < $1.rawValue }) {
                try await UnsentFile.update(day, in: unsent, archive: store)
            }
        }
        try work.eraseLogs()
        try work.eraseJournalCopies()
        if !isDryRun { work.report.remainders += try await store.overwriteErased() }
        for (run, count) in work.open.sorted(by: { $0.key < $1.key }) {
            let source = try await store.run(run)?.source.text ?? "?"
            work.report.remainders.append(
                .init(
                    "run \(run) (\(source)) has not ended and contains \(count): resume or discard it, then erase again.",
                    isStored: true))
        }
        return work.report
    }

    /// The files that runs were read from, and their rejected records.
    private func eraseRuns(_ work: inout ErasureWork) async throws(DeliveryError) {
        var seen: Set<String> = []
        var spooled: Set<String> = []
        for source in try await store.erasableSources() {
            guard let path = directory.path(of: source.location) else { continue }
            var isSpooled = false
            if case .spool(let name) = source.location {
                isSpooled = true
                spooled.insert(name)
            }
            guard source.isOpen || isSpooled || seen.insert(path).inserted else { continue }
            let decoding = try await store.dialect(of: source.run)?.decoding ?? SourceDecoding()
            guard let count = work.count(in: path, decoding) else {
                if source.isOpen {
                    work.report.remainders.append(
                        .init(
                            "run \(source.run) (\(path)) has not ended, and its source can't be read here: resume or "
                                + "discard it, and erase again.", isStored: isSpooled))
                } else if !isSpooled {
                    work.nameMoved(path, source.run, decoding)
                }
                continue
            }
            guard count > 0 else { continue }
            if source.isOpen {
                work.open[source.run, default: 0] += count
            } else if isSpooled {
                try work.remove(FilePath(path), .uploads)
            } else {
                work.report.remainders.append(
                    .init(
                        "\(path) (read by run \(source.run)) contains \(count) and is your file: remove it there yourself.",
                        isStored: false))
            }
        }
        try work.checkReceiving(except: spooled)
        for run in work.runsWithFiles() {
            let path = directory.rejected(of: run)
            guard FileManager.default.fileExists(atPath: path.string) else { continue }
            if try await store.run(run)?.isResumable == true {
                let count = try WordSearch.count(work.cookies, in: path)
                if count > 0 { work.open[run, default: 0] += count }
            } else {
                try work.eraseRejected(path, try await store.dialect(of: run))
            }
        }
    }
}

/// What an erasure does to files, and what came of it.
struct ErasureWork {
    let cookies: ErasedCookies
    let isDryRun: Bool
    let directory: StateDirectory
    let unsent: FilePath
    var report = ErasureReport()
    /// How much runs hold that are not at their end.
    var open: [RunID: Int] = [:]
    /// Files that were moved, and are named already.
    private var seenMoved: Set<String> = []

    init(cookies: ErasedCookies, isDryRun: Bool, directory: StateDirectory, unsent: FilePath) {
        self.cookies = cookies
        self.isDryRun = isDryRun
        self.directory = directory
        self.unsent = unsent
    }

    /// How often they stand in a source; `nil` when it is gone or can't be read.
    func count(in path: String, _ decoding: SourceDecoding) -> Int? {
        guard let file = try? SourceFile(path), case .regular? = try? file.kind() else { return nil }
        guard let size = try? file.fingerprint().size,
            let text = try? RunBytes(file, size: size, decoding: decoding).text(from: 0)
        else { return nil }
        return try? WordSearch.count(cookies, in: text)
    }

    mutating func remove(_ path: FilePath, _ place: ErasureReport.Place) throws(DeliveryError) {
        report.add(1, place)
        if isDryRun { return }
        do {
            try RecordFilter.overwriteAndRemove(path)
        } catch {
            throw DeliveryError(.journal, "\(path) can't be removed: \(error). Erase again when that is fixed.")
        }
    }

    mutating func eraseRejected(_ path: FilePath, _ dialect: CSVDialect?) throws(DeliveryError) {
        removeDrafts(in: path.removingLastComponent())
        let filter = RecordFilter(path: path, removesEmpty: false) { [cookies] row in
            cookies.isRejected(row, dialect)
        }
        report.add(try filter.run(isDryRun: isDryRun), .rejectedFiles)
    }

    mutating func eraseUnsentFiles() throws(DeliveryError) {
        removeDrafts(in: unsent)
        for name in names(in: unsent) where name.hasPrefix("unsent_") && name.hasSuffix(".csv") {
            let filter = RecordFilter(path: unsent.appending(name), removesEmpty: true) { [cookies] row in
                cookies.isUnsent(row)
            }
            report.add(try filter.run(isDryRun: isDryRun), .unsentFiles)
        }
    }

    mutating func eraseLogs() throws(DeliveryError) {
        let log = directory.log.lastComponent?.string ?? ""
        for name in names(in: directory.path) where name == log || name.hasPrefix(log + ".") {
            let path = directory.path.appending(name)
            report.add(try WordSearch.blank(cookies, in: path, isDryRun: isDryRun), .log)
        }
        let short = cookies.cookies.count { $0.utf8.count < ErasedCookies.shortestInText }
        if short > 0 {
            report.remainders.append(
                .init(
                    "\(short) of the cookies \(short == 1 ? "is" : "are") shorter than \(ErasedCookies.shortestInText) bytes: "
                        + "the log and messages are not searched for \(short == 1 ? "it" : "them").", isStored: false))
        }
    }

    /// A copy that was kept when the journal was upgraded goes as a whole, and so does a journal that was imported into a
    /// shared one, in all its parts.
    mutating func eraseJournalCopies() throws(DeliveryError) {
        let all = names(in: directory.path)
        let imported = all.filter { $0.hasPrefix("journal.sqlite") && $0.hasSuffix(".imported") }
        for copies in all.filter({ $0.hasPrefix("journal-version-") }).map({ [$0] }) + [imported] {
            let paths = copies.map { directory.path.appending($0) }
            guard paths.contains(where: holdsCookie) else { continue }
            for path in paths { try remove(path, .journalCopies) }
        }
    }

    private func holdsCookie(_ path: FilePath) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path.string), options: .alwaysMapped) else {
            return false
        }
        return cookies.cookies.contains { data.range(of: Data($0.utf8)) != nil }
    }

    /// Names what a drop folder made of a file when it was delivered: the file itself, and its summary.
    mutating func nameMoved(_ path: String, _ run: RunID, _ decoding: SourceDecoding) {
        let path = FilePath(path)
        guard let stem = path.stem, !stem.isEmpty else { return }
        for subfolder in ["delivered", "failed"] {
            let folder = path.removingLastComponent().appending(subfolder)
            for name in names(in: folder) where name.hasPrefix(stem) {
                let moved = folder.appending(name).string
                let isSummary = name.hasSuffix(".json")
                guard let count = count(in: moved, isSummary ? SourceDecoding() : decoding), count > 0,
                    seenMoved.insert(moved).inserted
                else { continue }
                report.remainders.append(
                    .init(
                        "\(moved) (delivered by run \(run)) contains \(count) and is your file: remove it there yourself.",
                        isStored: false))
            }
        }
    }

    /// Files in the spool of no run: of one that is being received, or of a process that was killed.
    mutating func checkReceiving(except known: Set<String>) throws(DeliveryError) {
        for name in names(in: directory.spool) where !known.contains(name) {
            guard let count = count(in: directory.spool.appending(name).string, SourceDecoding()), count > 0 else {
                continue
            }
            report.remainders.append(
                .init(
                    "spool/\(name) holds \(count) and belongs to no run yet: erase again in a minute, or restart.",
                    isStored: true))
        }
    }

    func runsWithFiles() -> [RunID] {
        names(in: directory.runs).compactMap { RunID(argument: $0) }.sorted()
    }

    /// What a process that was killed has begun to write.
    private func removeDrafts(in folder: FilePath) {
        if isDryRun { return }
        for name in names(in: folder) where name.hasSuffix(".tmp") {
            for prefix in [RecordFilter.draftPrefix, ".unsent-"] where name.hasPrefix(prefix) {
                let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }) ?? 0
                if process != getpid(), process > 0, kill(process, 0) != 0, errno == ESRCH {
                    try? RecordFilter.overwriteAndRemove(folder.appending(name))
                }
            }
        }
    }

    private func names(in folder: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
    }
}

extension ErasedCookies {
    /// Whether a row of `rejected.csv` is about one of them: its last field is the record as it was.
    fileprivate func isRejected(_ row: [UInt8], _ dialect: CSVDialect?) -> Bool {
        guard let raw = CSVRow.fields(of: row).last else { return false }
        let bytes = Array(raw.utf8)
        let fields = bytes.withUnsafeBytes { dialect?.fields(of: $0) }
        return isTheirs(cookie: fields?.cookie ?? "", raw: raw)
    }

    /// Whether a row of an unsent file is one of theirs.
    fileprivate func isUnsent(_ row: [UInt8]) -> Bool {
        let fields = CSVRow.fields(of: row)
        return isTheirs(cookie: fields.count == 4 ? fields[2] : "", raw: String(decoding: row, as: UTF8.self))
    }
}
