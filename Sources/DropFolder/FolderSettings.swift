public import DeliveryModel
import Foundation
public import SystemPackage

/// A drop folder and what is taken from it.
public struct FolderSettings: Sendable {
    /// Absolute.
    public var folder: FilePath
    /// Shell patterns; a name has to match one of them.
    public var patterns: [String]
    /// How long a file must not have changed.
    public var settle: Duration
    /// How long delivered files are kept; `nil` is for ever.
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
                .configuration, "\(folder): not readable for this user. Check its owner and mode.")
        }
    }
}
