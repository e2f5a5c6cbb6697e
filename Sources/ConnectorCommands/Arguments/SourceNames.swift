import DeliveryModel
import Foundation

/// The sources of a command line. A pattern that no shell has replaced stands for the files that it matches.
enum SourceNames {
    /// - Parameter isFile: whether something of that name exists; a name is taken as it is before it is a pattern.
    /// - Throws: `DeliveryError` when a pattern matches nothing, or a source is named twice.
    static func expand(
        _ arguments: [String], exists: (String) -> Bool = { access($0, F_OK) == 0 },
        matching: (String) -> [String] = files
    ) throws(DeliveryError) -> [String] {
        var sources: [String] = []
        for argument in arguments {
            guard argument != "-", !exists(argument), argument.contains(where: { "*?[".contains($0) }) else {
                sources.append(argument)
                continue
            }
            let files = matching(argument)
            guard !files.isEmpty else {
                throw DeliveryError(.source, "\(argument): no file matches this pattern.")
            }
            sources += files
        }
        // Two patterns may match the same file; named twice in full it is a mistake, too, and is sent once.
        var seen: Set<String> = []
        return sources.filter { seen.insert($0).inserted }
    }

    /// What a shell's pattern matches, without folders, in the order of their names.
    private static func files(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            guard let path = found.gl_pathv[index] else { return nil }
            var status = stat()
            // A link whose file is gone is told when it is opened.
            guard stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else { return nil }
            return String(cString: path)
        }
    }
}
