public import CustomerRecords
import DeliveryModel
public import DeliveryStore
import DurableFiles
import Foundation
import SystemPackage

/// Finds which records of a source were not delivered before, before the first of them is sent.
///
/// That is decided once and kept beside the run, so that a process that continues it forms the same batches again,
/// whatever entered the list in the meantime. What was not formed yet is decided again then.
public struct NewRecordSearch: Sendable {
    let store: any DeliveredArchive
    let list: DeliveryList

    /// Records that are looked up together: many enough that large lists are read in one go, in a few megabytes.
    private static let group = 1 << 18

    private struct Wanted {
        var key: DeliveryKey
        var place: UInt32
    }

    /// Tells of all records that a reader has still to read, behind those that are known.
    @concurrent
    func search<Source: ByteSource & Sendable>(
        _ reader: RecordReader<Source>, after known: NewRecords = NewRecords(),
        isWanted: @Sendable () -> Bool = { true }
    ) async throws -> NewRecords {
        var result = known
        var scan = DeliveryKeyScan(reader, secret: list.secret)
        var keys: [DeliveryKey] = []
        var hasMore = true
        while hasMore {
            guard isWanted() else { throw CancellationError() }
            keys.removeAll(keepingCapacity: true)
            hasMore = try scan.next(Self.group, into: &keys)
            if keys.isEmpty { continue }
            var wanted = keys.enumerated().map { Wanted(key: $1, place: UInt32($0)) }
            wanted.sort { $0.key < $1.key }
            let found = try await store.delivered(wanted.map(\.key), in: list.id)
            var isNew = Array(repeating: true, count: keys.count)
            for (index, isFound) in found.enumerated() where isFound { isNew[Int(wanted[index].place)] = false }
            result.append(isNew)
        }
        return result
    }
}

/// Where what is new of a run's source is kept.
struct NewRecordsFile {
    let path: FilePath

    init(_ directory: StateDirectory, _ run: RunID) { path = directory.newRecords(of: run) }

    func read() -> NewRecords? {
        FileManager.default.contents(atPath: path.string).flatMap { NewRecords(bytes: Array($0)) }
    }

    /// Durable when it returns.
    func write(_ records: NewRecords) throws(DeliveryError) {
        do {
            try StateDirectory.createFolder(path.removingLastComponent())
            let file = try FileDraft(of: path, as: FilePath(path.string + ".tmp"))
            try file.write(records.bytes)
            try file.commit(.contentAndName)
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(
                .journal, "\(path) can't be written: \(error). Free up space; \(DeliveryError.resumesThen)")
        }
    }
}

extension NewRecordsFile {
    func missing(_ source: RunSource) -> DeliveryError {
        DeliveryError(
            .source,
            "\(path) is missing or damaged: which records of \(source.text) were new when the run began is no longer "
                + "known. Nothing more was sent: start a new run with the same list.")
    }
}

/// How lists are used by runs.
enum DeliveredList {
    /// Records that a run offers before those that were delivered are brought together.
    static let entriesBetweenCompactions = 1 << 18
}

extension ReaderOptions {
    /// Those that read every valid record, also repeated ones.
    var readingAll: ReaderOptions {
        var options = self
        options.repeats = .send
        return options
    }
}

extension NewRecordSearch {
    /// Which records of a file would be sent, for counting it.
    /// - Parameter store: `nil` when nothing was ever delivered.
    /// - Returns: `nil` when that is all of them.
    @concurrent
    public static func count(
        of path: String, _ options: ReaderOptions, for api: String?, in store: (any DeliveredArchive)?,
        isWanted: @Sendable () -> Bool = { true }
    ) async throws -> NewRecords? {
        guard let name = options.onlyNew, let store,
            let list = try await store.deliveryList(name, for: api, begunBy: nil)
        else { return nil }
        let source = try DryRunSource(path)
        guard source.isSeekable else {
            throw DeliveryError(
                .source, "\(path): can't be read twice, as counting with --only-new does. Specify a file.")
        }
        return try await NewRecordSearch(store: store, list: list).search(
            RecordReader(source: source, options: options.readingAll), isWanted: isWanted)
    }
}
