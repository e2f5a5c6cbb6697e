public import DeliveryModel
import DeliveryStore
import Foundation
import Logging
import SystemPackage

/// How fast runs went, kept beside their rejected records.
extension Engine {
    /// `nil` when nothing was recorded.
    @concurrent
    public nonisolated func graph(of run: RunID) async -> RunGraph? {
        guard let data = FileManager.default.contents(atPath: directory.graph(of: run).string) else { return nil }
        return try? JSONDecoder().decode(RunGraph.self, from: data)
    }

    /// A graph is no reason to fail: what can't be written is logged.
    nonisolated func keep(_ graph: RunGraph, of run: RunID) async {
        guard !graph.sent.isEmpty else { return }
        var whole = await self.graph(of: run) ?? RunGraph()
        whole.append(graph)
        do {
            let path = directory.graph(of: run)
            try StateDirectory.createFolder(path.removingLastComponent())
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite])
            defer { try? file.close() }
            try file.writeAll(Array(try JSONEncoder().encode(whole)))
        } catch {
            logger.warning("the graph of run \(run) is not kept: \(error)")
        }
    }
}
