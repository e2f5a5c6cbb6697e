import DeliveryModel
import Foundation
import SystemPackage

/// What was delivered from a drop folder, and is removed when it is old enough.
struct DeliveredFiles: Sendable {
    /// The drop folder.
    let folder: FilePath

    private static let interval: Duration = .seconds(3600)

    /// Looks now and then until the task is canceled.
    func remove(after age: Duration, failed: @Sendable (String) -> Void) async {
        repeat {
            do {
                try remove(deliveredBefore: Date().addingTimeInterval(-age.inSeconds))
            } catch {
                failed("\(folder)/delivered: old files stay for now: \(error)")
            }
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    /// Removes files and their summaries. A file counts from when its summary was written; one without a summary was
    /// not put there by a delivery, and stays.
    /// - Returns: how many files were removed.
    @discardableResult
    func remove(deliveredBefore time: Date) throws -> Int {
        guard let directory = opendir(folder.appending("delivered").string) else {
            if errno == ENOENT { return 0 }
            throw Errno(rawValue: errno)
        }
        defer { closedir(directory) }
        let descriptor = dirfd(directory)
        var names: [EntryName] = []
        while let item = readdir(directory) {
            names.append(EntryName(withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }))
        }
        var count = 0
        for name in names where !name.bytes.hasSuffix(Array(TargetName.summaryEnding.utf8)) {
            let summary = TargetName.summary(of: name)
            guard let file = name.status(in: descriptor), file.st_mode & S_IFMT == S_IFREG,
                let beside = summary.status(in: descriptor), beside.st_mode & S_IFMT == S_IFREG,
                Double(beside.st_mtim.tv_sec) < time.timeIntervalSince1970
            else { continue }
            // The summary last: without it the file would stay.
            for part in [name, summary] {
                guard part.withPath({ unlinkat(descriptor, $0, 0) }) == 0 || errno == ENOENT else {
                    throw Errno(rawValue: errno)
                }
            }
            count += 1
        }
        return count
    }
}
