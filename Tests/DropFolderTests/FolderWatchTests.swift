import DeliveryModel
import Foundation
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import DropFolder

@Suite("A watched folder", .timeLimit(.minutes(30)))
struct FolderWatchTests {
    @Test("files that are put there are delivered and moved, each with its summary")
    func moves() async throws {
        let folder = try TestFolder()
        try await folder.watch { delivery in
            try folder.put("a.csv", "one")
            try folder.put("bad.csv", "refuse")
            try await until { folder.names("delivered").count == 2 && folder.names("failed").count == 2 }
            #expect(folder.names("delivered") == ["a.csv", "a.csv.summary.json"])
            #expect(folder.names("failed") == ["bad.csv", "bad.csv.summary.json"])
            #expect(try folder.text("delivered/a.csv.summary.json") == "{\"content\":\"one\"}\n")
            #expect(delivery.delivered == ["one"])
        }
        #expect(folder.claims == [])
    }

    @Test("a name that comes every night replaces none of the older ones")
    func everyNight() async throws {
        let folder = try TestFolder()
        try await folder.watch { _ in
            for night in 1...3 {
                try folder.put("customers.csv", "night \(night)")
                try await until { folder.names("delivered").count == night * 2 }
            }
        }
        #expect(try folder.text("delivered/customers.csv") == "night 1")
        #expect(try folder.text("delivered/customers.2.csv") == "night 2")
        #expect(try folder.text("delivered/customers.3.csv") == "night 3")
        #expect(try folder.text("delivered/customers.3.csv.summary.json").contains("night 3"))
    }

    @Test("names may begin with a dash, hold newlines, or be no UTF-8")
    func names() async throws {
        let folder = try TestFolder()
        try await folder.watch { _ in
            try folder.put("-rf.csv", "dash")
            try folder.put("two\nlines.csv", "newline")
            let path = Array((folder.path + "/caf").utf8) + [0xe9] + Array(".csv".utf8) + [0]
            let descriptor = path.withUnsafeBufferPointer { buffer in
                buffer.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600) }
            }
            try #require(descriptor >= 0)
            close(descriptor)
            try await until { folder.names("delivered").count == 6 }
            #expect(Set(folder.names("delivered")).isSuperset(of: ["-rf.csv", "two\nlines.csv", "caf%E9.csv"]))
        }
    }

    @Test("hidden, temporary and other names, links and folders are left alone")
    func leftAlone() async throws {
        let folder = try TestFolder()
        let others = [".hidden.csv", "a.csv.part", "b.tmp", "c.pdf", "d.csv~"]
        try await folder.watch { delivery in
            for name in others { try folder.put(name, name) }
            try FileManager.default.createDirectory(
                atPath: folder.path + "/folder.csv", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/link.csv", withDestinationPath: "/etc/hostname")
            try folder.put("last.csv", "last")
            try await until { folder.names("delivered").count == 2 }
            #expect(delivery.delivered == ["last"])
        }
        #expect(Set(folder.names()).isSuperset(of: others + ["folder.csv", "link.csv"]))
    }

    @Test("a file that somebody made and will write to later is not taken before it is closed; a hard link is")
    func openFile() async throws {
        let folder = try TestFolder()
        try await folder.watch(settle: .milliseconds(500)) { delivery in
            // Not before the folder is watched.
            try folder.put("first.csv", "first")
            try await until { folder.names("delivered").count == 2 }
            let descriptor = open(folder.path + "/slow.csv", O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            try Data("linked".utf8).write(to: URL(fileURLWithPath: folder.base + "/original"))
            try FileManager.default.linkItem(atPath: folder.base + "/original", toPath: folder.path + "/link.csv")
            try await until { folder.names("delivered").count == 4 }
            #expect(delivery.delivered == ["first", "linked"])
            // As SFTP servers rename.
            try Data("renamed".utf8).write(to: URL(fileURLWithPath: folder.path + "/renamed.csv.part"))
            #expect(link(folder.path + "/renamed.csv.part", folder.path + "/renamed.csv") == 0)
            #expect(unlink(folder.path + "/renamed.csv.part") == 0)
            try await until { folder.names("delivered").count == 6 }
            #expect(delivery.delivered == ["first", "linked", "renamed"])
            #expect(write(descriptor, "late", 4) == 4)
            close(descriptor)
            try await until { folder.names("delivered").count == 8 }
            #expect(delivery.delivered == ["first", "linked", "renamed", "late"])
        }
    }

    @Test("a file that is replaced while it is delivered is not moved; the new one is delivered next")
    func replaced() async throws {
        let folder = try TestFolder()
        try await folder.watch(holding: true) { delivery in
            try folder.put("a.csv", "old")
            try await until { delivery.begun.count == 1 }
            try folder.put("a.csv", "new")
            delivery.release()
            try await until { folder.names("delivered").count == 2 }
            #expect(delivery.delivered == ["old", "new"])
        }
        #expect(try folder.text("delivered/a.csv") == "new")
        #expect(folder.claims == [])
    }

    @Test("a fault of something else leaves the file where it is until it is over")
    func unavailable() async throws {
        let folder = try TestFolder()
        try await folder.watch { delivery in
            delivery.setFault("the API refuses the key")
            try folder.put("a.csv", "one")
            try await until { delivery.attempts > 1 }
            #expect(folder.names() == ["a.csv"])
            #expect(folder.claims.count == 1, "each attempt continues with the claim of the one before")
            delivery.setFault(nil)
            try await until { folder.names("delivered").count == 2 }
            try await until { folder.claims == [] }
        }
    }

    @Test("a folder that vanishes is waited for")
    func vanished() async throws {
        let folder = try TestFolder()
        try await folder.watch { _ in
            try FileManager.default.removeItem(atPath: folder.path)
            try await until { folder.fault != nil }
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
            try folder.put("a.csv", "one")
            try await until { folder.names("delivered").count == 2 }
            #expect(folder.fault == nil)
        }
    }

    /// Every state in which a killed process can leave the disk.
    enum Crash: String, CaseIterable, Sendable {
        case claimed, runKnown, targetChosen, summaryWritten, moved
    }

    @Test(
        "a process killed between any two steps leaves a file that the next one moves, sent once",
        arguments: Crash.allCases)
    func killed(_ crash: Crash) async throws {
        let folder = try TestFolder()
        try folder.put("a.csv", "one")
        let entry = try #require(folder.entry("a.csv"))
        let delivery = FakeDelivery()
        let run = delivery.addEnded(path: folder.path + "/a.csv", content: "one")
        var claim = Claim(folder: folder.path, name: Data("a.csv".utf8), identity: entry.identity)
        if crash != .claimed { claim.run = run }
        let move = FolderMove(folder: FilePath(folder.path))
        if [.targetChosen, .summaryWritten, .moved].contains(crash) {
            claim.target = .init(outcome: .delivered, name: Data(try move.freeName(for: entry.name, .delivered).bytes))
        }
        try ClaimStore(FilePath(folder.claimFolder)).write(claim)
        try Data("{".utf8).write(to: URL(filePath: folder.claimFolder + "/.\(UUID().uuidString).tmp"))
        if crash == .summaryWritten {
            try folder.put("delivered/a.csv.summary.json", "{\"content\":\"one\"}\n")
            try folder.put("delivered/.\(entry.identity.inode).tmp", "{\"content\":")
        }
        if crash == .moved {
            #expect(try move.perform(entry, .delivered, as: entry.name, summary: "{\"content\":\"one\"}") == .moved)
        }
        try await folder.watch(delivery) { _ in
            try await until { folder.claims == [] }
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/delivered").sorted()
                == ["a.csv", "a.csv.summary.json"])
        #expect(try folder.text("delivered/a.csv.summary.json") == "{\"content\":\"one\"}\n")
        #expect(folder.names().filter { $0 != "delivered" && $0 != "failed" } == [])
        #expect(delivery.delivered == [], "it was delivered before")
    }

    @Test("a file that was replaced while no process was there is delivered as a new one")
    func replacedMeanwhile() async throws {
        let folder = try TestFolder()
        try folder.put("a.csv", "old")
        let entry = try #require(folder.entry("a.csv"))
        let delivery = FakeDelivery()
        let run = delivery.addEnded(path: folder.path + "/a.csv", content: "old")
        var claim = Claim(folder: folder.path, name: Data("a.csv".utf8), identity: entry.identity)
        claim.run = run
        try ClaimStore(FilePath(folder.claimFolder)).write(claim)
        try folder.put("a.csv", "new")
        try await folder.watch(delivery) { _ in try await until { folder.names("delivered").count == 2 } }
        #expect(delivery.delivered == ["new"])
        #expect(folder.claims == [])
    }
}
