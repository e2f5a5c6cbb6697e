public import ShowAdsSandbox

/// Runs a sandbox on a free port of the loopback for as long as `body` runs.
/// - Parameter body: gets the sandbox and its address, `http://127.0.0.1:40123`.
public func withSandbox<Value>(
    _ behavior: SandboxBehavior = SandboxBehavior(), seed: UInt64 = 1,
    _ body: (_ sandbox: Sandbox, _ url: String) async throws -> Value
) async throws -> Value {
    let sandbox = Sandbox(behavior, seed: seed)
    let port = try await sandbox.start()
    do {
        let value = try await body(sandbox, "http://127.0.0.1:\(port)")
        await sandbox.stop()
        return value
    } catch {
        await sandbox.stop()
        throw error
    }
}
