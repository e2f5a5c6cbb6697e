#if PostgreSQL
public import DeliveryModel
public import DeliveryStore
import Foundation
import Logging

/// Commands wait in the journal for the node that owns their run.
extension PostgresJournal {
    /// A command that an operator of another node gave.
    struct RelayedCommand: Sendable {
        var id: Int64
        var run: RunID
        var command: OperatorCommand
        var asker: Operator
    }

    /// How long an owner may take, which may have to wait for requests in flight.
    private static let relayPatience = Duration.seconds(15)

    public func relay(
        _ command: OperatorCommand, to run: RunID, by asker: Operator
    ) async throws(DeliveryError) -> RelayAnswer? {
        guard case .delivering = role, membership.isMember else { return nil }
        let asked = try await write { session, own in
            let asked = try session.run(
                """
                INSERT INTO command (run, node, name, who, asked_from)
                SELECT run.id, owner_node, $3, $4, $5 FROM run JOIN node ON node.id = owner_node
                WHERE run.id = $1 AND owner_node <> $2 AND is_open
                RETURNING id, (SELECT name FROM node WHERE node.id = command.node) AS owner
                """,
                [
                    .integer(run.rawValue), .text(own), .text(command.rawValue), .text(orNull: asker.who),
                    .text(orNull: asker.from),
                ]
            ).rows.first.map { (id: $0.integer("id") ?? 0, owner: $0.text("owner")) }
            if asked != nil { _ = try session.run([News.commands.announcement]) }
            return asked
        }
        guard let asked else { return nil }
        let deadline = ContinuousClock.now + Self.relayPatience
        var rings = 0
        while ContinuousClock.now < deadline {
            guard await isNews(.answers, after: rings, often: .milliseconds(50)) else { break }
            rings = bells[.answers].rings
            guard let row = try await self.row(of: asked.id) else {
                throw DeliveryError(
                    .conflict, "Node \(asked.owner), which delivered run \(run), is gone. Try again in a few seconds.")
            }
            guard let text = row else { continue }
            try await withdraw(asked.id)
            let answer = (try? JSONDecoder().decode(RelayAnswer.self, from: Data(text.utf8))) ?? RelayAnswer()
            if let error = answer.error { throw error }
            return answer
        }
        try await withdraw(asked.id)
        throw DeliveryError(.busy, "Node \(asked.owner), which delivers run \(run), is not responding. Try again.")
    }

    /// - Returns: `nil` when the command is gone with its node, else the answer, when there is one.
    private func row(of command: Int64) async throws(DeliveryError) -> String?? {
        try await read { session in
            try session.run(
                "SELECT answer FROM command WHERE id = $1", [.integer(command)], within: SharedLimits.patience
            ).rows.first.map { $0.string("answer") }
        }
    }

    private func withdraw(_ command: Int64) async throws(DeliveryError) {
        try await writeAnywhere { session in
            _ = try session.run("DELETE FROM command WHERE id = $1", [.integer(command)])
        }
    }

    // MARK: At the owner's

    /// Does what operators of other nodes want of this node's runs, until the task is canceled.
    func obey(_ work: any NodeWork, _ logger: Logger) async {
        var isFaulty = false
        var rings = 0
        while await isNews(.commands, after: rings, often: .milliseconds(200)) {
            rings = bells[.commands].rings
            guard membership.isMember, contact.absence == nil else { continue }
            do throws(DeliveryError) {
                for command in try await relayed(to: membership.id) { try await obey(command, work, logger) }
                isFaulty = false
            } catch {
                if !isFaulty, contact.absence == nil {
                    logger.warning("commands of other nodes can't be read: \(error.message)")
                }
                isFaulty = true
            }
        }
    }

    private func relayed(to node: String) async throws(DeliveryError) -> [RelayedCommand] {
        try await read { session in
            try session.run(
                "SELECT id, run, name, who, asked_from FROM command WHERE node = $1 AND answer IS NULL ORDER BY id",
                [.text(node)], within: SharedLimits.patience
            ).rows.compactMap { row in
                guard let command = OperatorCommand(rawValue: row.text("name")) else { return nil }
                return RelayedCommand(
                    id: row.integer("id") ?? 0, run: RunID(rawValue: row.integer("run") ?? 0), command: command,
                    asker: Operator(who: row.text("who"), from: row.text("asked_from")))
            }
        }
    }

    private func obey(
        _ command: RelayedCommand, _ work: any NodeWork, _ logger: Logger
    ) async throws(DeliveryError) {
        var answer = RelayAnswer()
        do {
            answer.text = try await work.obey(command.command, command.run, by: command.asker)
        } catch let error as DeliveryError {
            answer.error = error
        } catch {
            answer.error = DeliveryError(.conflict, "\(error)")
        }
        logger.info("\(command.command.rawValue) of run \(command.run), asked by \(command.asker.who) of another node")
        let text = String(decoding: (try? JSONEncoder().encode(answer)) ?? Data("{}".utf8), as: UTF8.self)
        try await writeAnywhere { session in
            _ = try session.run([
                Statement(
                    "UPDATE command SET answer = $2 WHERE id = $1", [.integer(command.id), .text(orNull: text)]),
                News.answers.announcement,
            ])
        }
    }
}
#endif
