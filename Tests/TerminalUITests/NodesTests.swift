import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The screen of the nodes")
struct NodesTests {
    private static func text(_ model: Model) -> String { SendTests.text(view(model)) }
    private static func lines(_ model: Model) -> [String] { text(model).split(separator: "\n").map(String.init) }
    private static let wide = Size(width: 160, height: 30)

    @Test("each node has a row with what it does, those that are gone last")
    func rows() throws {
        let lines = Self.lines(Fixture.nodes(size: Self.wide))
        let own = try #require(lines.first { $0.contains("vienna (this)") })
        #expect(own.contains("● live") && own.contains("6 of 6") && own.contains("167/s") && own.contains("1 s ago"))
        let silent = try #require(lines.first { $0.contains("◆ silent") })
        #expect(silent.contains("linz") && silent.contains("17 s ago"))
        let gone = lines.filter { $0.contains("○ gone") }
        #expect(gone.count == 2 && gone[1].contains("taken over by vienna") && gone[0].contains("left"))
        #expect(lines.firstIndex(of: gone[0]) ?? 0 > lines.firstIndex(of: silent) ?? 0)
        #expect(lines.contains { $0.contains("in flight 16 of 16") && $0.contains("rate 500/s") })
        #expect(lines.contains { $0.contains("window mon-fri 08:00-20:00@Europe/Vienna") })
        #expect(lines.contains { $0.contains("--rate 1000 here, but the nodes share 500") })
    }

    @Test("the header of every screen counts the nodes that live")
    func header() {
        #expect(Self.lines(Fixture.nodes(.send, size: Self.wide))[0].contains("2 of 3 nodes"))
        #expect(Self.lines(Fixture.nodes(.log))[0].contains("7"))
        var model = Fixture.nodes(.run, size: Self.wide)
        var away = Fixture.nodes
        away.fault = "The shared journal is not available."
        _ = update(&model, .nodes(away))
        #expect(Self.lines(model)[0].contains("nodes unknown"))
    }

    @Test("nodes that can't be read any more stand as they were, with the time")
    func stale() {
        var model = Fixture.nodes(size: Self.wide)
        var away = Fixture.nodes
        away.fault = "The shared journal is not available."
        _ = update(&model, .nodes(away))
        #expect(Self.text(model).contains("as of 12:30:45: The shared journal is not available."))
        #expect(Self.text(model).contains("vienna (this)"))
    }

    @Test("without a shared journal there is no such screen, key, or action")
    func absent() {
        var model = Fixture.send(size: Self.wide)
        #expect(!Self.lines(model)[0].contains("Nodes"))
        #expect(update(&model, .key(.character("7"))).isEmpty && model.screen == .send && model.toasts.isEmpty)
        #expect(!PaletteEntries.matching("", in: model).contains { $0.binding.action == .goNodes })
        #expect(!HelpLayout.rows(model).contains { $0.text.contains("nodes") })
        model.screen = .log
        _ = update(&model, .key(.tab))
        #expect(model.screen == .send)
        #expect(!update(&model, .tick).contains(.readNodes))
        #expect(model.nextChange == nil)
    }

    @Test("it is asked for once a second on every screen")
    func asking() {
        var model = Fixture.nodes(.send)
        #expect(model.nextChange == Fixture.now.addingTimeInterval(1))
        #expect(!update(&model, .tick).contains(.readNodes))
        model.now = Fixture.now.addingTimeInterval(1)
        #expect(update(&model, .tick).contains(.readNodes))
        #expect(!update(&model, .tick).contains(.readNodes))
    }

    @Test("the cursor stays on its node when others come and go")
    func cursor() {
        var model = Fixture.nodes(size: Self.wide)
        _ = update(&model, .key(.down))
        #expect(model.selectedNode?.name == "linz")
        var fewer = Fixture.nodes
        fewer.nodes.removeAll { $0.id == "2" }
        _ = update(&model, .nodes(fewer))
        #expect(model.selectedNode?.id == "3")
    }

    @Test("Enter shows the runs of a node, and History names it and follows all nodes")
    func runs() {
        var model = Fixture.nodes(size: Self.wide)
        var summaries = Fixture.summaries
        for index in summaries.indices { summaries[index].node = index % 2 == 0 ? "vienna" : "graz-2.example.com" }
        _ = update(&model, .history(.success(summaries), before: nil))
        #expect(update(&model, .key(.enter)).contains(.loadHistory(before: nil)))
        #expect(model.screen == .history)
        #expect(model.history.shown(live: []).allSatisfy { $0.node == "graz-2.example.com" })
        #expect(Self.text(model).contains("NODE"))
        model.now = Fixture.now.addingTimeInterval(2)
        #expect(update(&model, .tick).contains(.loadHistory(before: nil)))
        #expect(!Self.text(Fixture.history(size: Self.wide)).contains("NODE"))
    }

    @Test("a run of another node says whose it is and is read again while it is shown")
    func foreign() {
        var model = Fixture.nodes(.history, size: Self.wide)
        var run = Fixture.snapshot(99, .running).summary
        run.node = "graz"
        _ = update(&model, .history(.success([run]), before: nil))
        _ = update(&model, .key(.enter))
        #expect(Self.text(model).contains("customers-2026-11.csv · graz"))
        model.now = Fixture.now.addingTimeInterval(2)
        #expect(update(&model, .tick).contains(.loadSummary(run.id)))
    }

    @Test("runs that other nodes are sending are not offered to be resumed")
    func offer() {
        var model = Fixture.nodes(.send)
        model.hasOfferedResume = false
        var run = Fixture.snapshot(99, .running).summary
        run.node = "graz"
        _ = update(&model, .history(.success([run]), before: nil))
        #expect(model.overlays.isEmpty)
    }

    @Test("hours that are changed hold for all nodes, and the question says so")
    func hours() {
        var model = Fixture.nodes(.send)
        let lines = model.scheduleQuestion(SendSchedule(window: "08:00-20:00")).lines.map(\.plain)
        #expect(lines.contains("This applies to all nodes."))
        model.setup.hasNodes = false
        let alone = model.scheduleQuestion(SendSchedule(window: "08:00-20:00")).lines.map(\.plain)
        #expect(alone.contains("Until restart; use --window to keep it."))
    }
}
