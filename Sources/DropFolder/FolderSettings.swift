public import DeliveryModel
import Foundation
public import SystemPackage

/// A drop folder and what is taken from it.
public struct FolderSettings: Sendable {
    /// What is done with a file whose content was delivered before.
    public enum Duplicates: String, Sendable {
        /// It counts as delivered, and nothing of it is sent.
        case skip
        /// It is sent like any other.
        case send
        /// It counts as failed, and nothing of it is sent.
        case fail
    }

    /// Absolute.
    public var folder: FilePath
    /// Shell patterns; a name has to match one of them.
    public var patterns: [String]
    /// How long a file must not have changed.
    public var settle: Duration
    public var duplicates = Duplicates.skip
    /// How long delivered files are kept; `nil` is forever.
    public var keepDelivered: Duration?

    public static let defaultPatterns = ["*.csv", "*.tsv", "*.txt", "*.csv.gz", "*.tsv.gz", "*.txt.gz"]
    public static let defaultSettle: Duration = .seconds(5)

    public init(
        folder: FilePath, patterns: [String] = Self.defaultPatterns, settle: Duration = Self.defaultSettle
    ) {
        self.folder = folder
        self.patterns = patterns
        self.settle = settle
    }

    /// Says what keeps the folder from being watched, before anything begins.
    public func check() throws(DeliveryError) {
        var status = stat()
        guard stat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw DeliveryError(
                .configuration, "\(folder): no such folder. Create it, or name another with --watch.")
        }
        guard access(folder.string, R_OK | X_OK) == 0 else {
            throw DeliveryError(
                .configuration, "\(folder): not readable by this user. Check its owner and mode.")
        }
    }
}
