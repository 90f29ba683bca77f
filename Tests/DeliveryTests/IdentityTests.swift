import NDJSON
import Testing

@testable import Delivery

@Suite struct IdentityTests {
    private func identities(_ rule: IdentityRule = .webhook, _ lines: String...) throws -> [Fingerprint] {
        var found: [Fingerprint] = []
        try withEvents(lines.joined(separator: "\n"), rule) { found.append($0.identity.fingerprint) }
        return found
    }

    private func text(_ line: String, _ rule: IdentityRule = .webhook) throws -> String {
        var text = JSONText()
        try withEvents(line, rule) { $0.identity.write(to: &text) }
        return text.string
    }

    @Test func `an id is the same as a number and as a string of digits`() throws {
        let line = event(101)
        let found = try identities(.webhook, line, line.replacing(":101,", with: #":"101","#), event(102))
        #expect(found[0] == found[1])
        #expect(found[0] != found[2])
    }

    @Test func `what is no part of the identity changes nothing`() throws {
        let found = try identities(
            .webhook, event(1), #"{"aspect_type":"create", "object_id":1,"object_type":"activity"}"#)
        #expect(found[0] == found[1])
    }

    @Test func `updates of one object are told apart by their time, creations are not`() throws {
        let found = try identities(
            .webhook, event(1, aspect: "update", time: 5), event(1, aspect: "update", time: 6), event(1, time: 5),
            event(1, time: 6))
        #expect(found[0] != found[1])
        #expect(found[2] == found[3])
    }

    @Test func `each field of the identity tells events apart`() throws {
        let found = try identities(
            .webhook, event(1), event(2), event(1, aspect: "delete"),
            event(1).replacing("activity", with: "athlete"))
        #expect(Set(found).count == 4)
    }

    @Test func `fields do not run into each other`() throws {
        let rule = try IdentityRule(fields: "a,b")
        let found = try identities(rule, #"{"a":"1","b":"23"}"#, #"{"a":"12","b":"3"}"#, #"{"a":"1\",\"2","b":"3"}"#)
        #expect(Set(found).count == 3)
    }

    @Test func `numbers keep their text and strings their kind`() throws {
        let rule = try IdentityRule(fields: "a")
        let found = try identities(
            rule, #"{"a":1.10}"#, #"{"a":1.1}"#, #"{"a":"1.1"}"#, #"{"a":true}"#, #"{"a":"true"}"#)
        #expect(Set(found).count == 5)
    }

    @Test func `a string is the same however it is escaped`() throws {
        let rule = try IdentityRule(fields: "a")
        let found = try identities(rule, #"{"a":"é/"}"#, #"{"a":"\u00e9\/"}"#, #"{"a":"\u00E9/"}"#)
        #expect(Set(found).count == 1)
    }

    @Test func `the identity is written as the object that has it`() throws {
        #expect(try text(event(101)) == #"{"object_type":"activity","object_id":101,"aspect_type":"create"}"#)
        let update = #"{"object_type":"activity","object_id":101,"aspect_type":"update","event_time":5}"#
        #expect(try text(event(101, aspect: "update", time: 5)) == update)
    }

    @Test func `fields inside objects are written inside objects, and read back as the same identity`() throws {
        let rule = try IdentityRule(fields: "data.id,source,data.of.kind")
        let line = #"{"data":{"id":"7","of":{"kind":"x","more":1}},"source":"s"}"#
        let written = try text(line, rule)
        #expect(written == #"{"data":{"id":7,"of":{"kind":"x"}},"source":"s"}"#)
        #expect(try Set(identities(rule, line, written)).count == 1)
    }

    @Test(arguments: [
        (#"{"object_type":"activity","aspect_type":"create"}"#, EventError.missing(field: "object_id")),
        (#"{"object_type":null,"object_id":1,"aspect_type":"create"}"#, .missing(field: "object_type")),
        (
            #"{"object_type":"activity","object_id":0,"aspect_type":"create"}"#,
            .notAnID(field: "object_id", Excerpt("0"))
        ),
        (
            #"{"object_type":"activity","object_id":1.0,"aspect_type":"create"}"#,
            .notAnID(field: "object_id", Excerpt("1.0"))
        ),
        (#"{"object_type":[],"object_id":1,"aspect_type":"create"}"#, .notAScalar(field: "object_type", Excerpt("[]"))),
        (#"{"object_type":"activity","object_id":1,"aspect_type":"update"}"#, .missing(field: "event_time")),
        ("[1]", .notJSON(.notAnObject(Excerpt("[1]")))),
    ])
    func `a line without the fields of the identity is no event`(line: String, why: EventError) throws {
        #expect(throws: why) { try withEvents(line) { _ in } }
    }

    @Test func `only webhooks are asked for updates`() throws {
        var lacks: [Bool] = []
        let lines = #"{"object_type":"activity","object_id":1,"aspect_type":"create"}"#
        for line in [lines, lines.replacing("}", with: #","updates":null}"#), event(1)] {
            try withEvents(line) { lacks.append($0.lacksUpdates) }
        }
        try withEvents(lines, IdentityRule(fields: "object_id")) { lacks.append($0.lacksUpdates) }
        #expect(lacks == [true, true, false, false])
    }
}

@Suite struct IdentityRuleTests {
    @Test(arguments: ["", ",", "a,", ".a", "a..b"])
    func `a name that is empty names no field`(fields: String) {
        #expect(throws: IdentityRuleError.emptyName(fields)) { try IdentityRule(fields: fields) }
    }

    @Test func `a field inside another one, or twice, is refused`() {
        #expect(throws: IdentityRuleError.overlapping("a", "a.b")) { try IdentityRule(fields: "a,a.b") }
        #expect(throws: IdentityRuleError.overlapping("a.b", "a")) { try IdentityRule(fields: "a.b,a") }
        #expect(throws: IdentityRuleError.overlapping("a", "a")) { try IdentityRule(fields: "a,a") }
    }

    @Test func `nine fields are too many`() {
        #expect(throws: IdentityRuleError.tooManyFields(9)) { try IdentityRule(fields: "a,b,c,d,e,f,g,h,i") }
    }

    @Test func `a rule is found again by its name`() throws {
        let rule = try IdentityRule(fields: "a,b.c")
        #expect(IdentityRule(name: rule.name) == rule)
        #expect(IdentityRule(name: "webhook") == .webhook)
        #expect(throws: IdentityRuleError.reserved) { try IdentityRule(fields: "webhook") }
    }
}
