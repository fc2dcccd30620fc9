BEGIN TRANSACTION;
CREATE TABLE alert (
	id INTEGER NOT NULL, 
	stream VARCHAR(20) NOT NULL, 
	fingerprint VARCHAR(500) NOT NULL, 
	rule_id VARCHAR(100) NOT NULL, 
	kpi_family VARCHAR(50) NOT NULL, 
	severity VARCHAR(20) NOT NULL, 
	subject_key VARCHAR(300) NOT NULL, 
	purchase_order VARCHAR(200), 
	purchase_order_line VARCHAR(200), 
	schedule_line VARCHAR(200), 
	state VARCHAR(20) NOT NULL, 
	announced VARCHAR(20) NOT NULL, 
	route VARCHAR(100), 
	cycle INTEGER NOT NULL, 
	opened_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT ck_alert_stream CHECK (stream IN ('vendor', 'data')), 
	CONSTRAINT uq_alert_fingerprint UNIQUE (fingerprint)
);
INSERT INTO "alert" VALUES(1,'vendor','9258660d7c312b1cf2afdb85f9e366b9','promise_moved_later','delivery','alert','erp_s4hana:10001','4500000001','10','1','open','digest','default',1,'2026-06-30 18:00:00.000000','2026-06-30 18:00:00.000000',NULL,'{"signal_key": "9258660d7c312b1cf2afdb85f9e366b9", "rule_id": "promise_moved_later", "rule_version": "1", "kpi_family": "delivery", "severity": "alert", "vendor_key": "erp_s4hana:10001", "vendor_name": "Vendor 1", "category": "Packaging", "is_strategic": false, "episode": "2026-06-29", "signal_state": "active", "started_at": "2026-06-29T08:00:00Z", "cleared_at": null, "clear_reason": null, "is_muted": false, "mute_reason": null, "evidence": "promise moved from 2026-07-03 to 2026-07-11, 10 days after the first promise", "purchase_order": "4500000001", "purchase_order_line": "10", "schedule_line": "1", "material": "MAT-001", "material_text": "Part 1", "first_promise_date": "2026-07-01", "previous_promise_date": "2026-07-03", "latest_promise_date": "2026-07-11", "days_late": 10, "open_quantity": 1200.0, "quantity_unit": "PC", "open_value": 18400.0, "currency": "EUR"}');
INSERT INTO "alert" VALUES(2,'vendor','7ce482b8016dfd1ef37750519a22f4ea','promise_moved_later','delivery','alert','erp_s4hana:10001','4500000001','20','1','open','mail','default',1,'2026-07-01 18:00:00.000000','2026-07-01 18:00:00.000000',NULL,'{"signal_key": "7ce482b8016dfd1ef37750519a22f4ea", "rule_id": "promise_moved_later", "rule_version": "1", "kpi_family": "delivery", "severity": "alert", "vendor_key": "erp_s4hana:10001", "vendor_name": "Vendor 1", "category": "Packaging", "is_strategic": false, "episode": "2026-06-29", "signal_state": "active", "started_at": "2026-06-29T08:00:00Z", "cleared_at": null, "clear_reason": null, "is_muted": false, "mute_reason": null, "evidence": "promise moved from 2026-07-03 to 2026-07-11, 10 days after the first promise", "purchase_order": "4500000001", "purchase_order_line": "20", "schedule_line": "1", "material": "MAT-002", "material_text": "Part 2", "first_promise_date": "2026-07-01", "previous_promise_date": "2026-07-03", "latest_promise_date": "2026-07-11", "days_late": 10, "open_quantity": 1200.0, "quantity_unit": "PC", "open_value": 18400.0, "currency": "EUR"}');
CREATE TABLE alert_event (
	id INTEGER NOT NULL, 
	alert_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	change VARCHAR(30) NOT NULL, 
	from_state VARCHAR(20), 
	to_state VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	reason TEXT, 
	build_id VARCHAR(100), 
	outbox_id INTEGER, 
	CONSTRAINT pk_alert_event PRIMARY KEY (id), 
	CONSTRAINT uq_alert_event_alert_id_sequence UNIQUE (alert_id, sequence), 
	CONSTRAINT fk_alert_event_alert_id FOREIGN KEY(alert_id) REFERENCES alert (id), 
	CONSTRAINT fk_alert_event_outbox_id FOREIGN KEY(outbox_id) REFERENCES outbox (id)
);
INSERT INTO "alert_event" VALUES(1,1,1,'opened',NULL,'open','2026-06-30 18:00:00.000000','system',NULL,'20260630T180000Z-1e301569122d',1);
INSERT INTO "alert_event" VALUES(2,2,1,'opened',NULL,'open','2026-07-01 18:00:00.000000','system',NULL,'20260701T180000Z-88a44fee4f15',2);
CREATE TABLE company (
	connection_id VARCHAR(100) NOT NULL, 
	first_build_id VARCHAR(100) NOT NULL, 
	first_as_of DATETIME NOT NULL, 
	CONSTRAINT pk_company PRIMARY KEY (connection_id)
);
INSERT INTO "company" VALUES('erp_s4hana','20260630T180000Z-1e301569122d','2026-06-30 18:00:00.000000');
CREATE TABLE evaluation (
	id INTEGER NOT NULL, 
	stream VARCHAR(200) NOT NULL, 
	as_of DATETIME NOT NULL, 
	build_id VARCHAR(100) NOT NULL, 
	opened INTEGER NOT NULL, 
	resolved INTEGER NOT NULL, 
	withdrawn INTEGER NOT NULL, 
	muted INTEGER NOT NULL, 
	CONSTRAINT pk_evaluation PRIMARY KEY (id), 
	CONSTRAINT uq_evaluation_stream_as_of_build_id UNIQUE (stream, as_of, build_id)
);
INSERT INTO "evaluation" VALUES(1,'vendor','2026-06-30 18:00:00.000000','20260630T180000Z-1e301569122d',1,0,0,0);
INSERT INTO "evaluation" VALUES(2,'vendor','2026-07-01 18:00:00.000000','20260701T180000Z-88a44fee4f15',1,0,0,0);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	message_id VARCHAR(300) NOT NULL, 
	kind VARCHAR(30) NOT NULL, 
	route VARCHAR(100) NOT NULL, 
	subject VARCHAR(500) NOT NULL, 
	content BLOB NOT NULL, 
	as_of DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	last_error TEXT, 
	sent_at DATETIME, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sent')), 
	CONSTRAINT uq_outbox_message_id UNIQUE (message_id)
);
INSERT INTO "outbox" VALUES(1,'<digest.f82b8c2c8da909f82f9f292a4f5475623402735b@alerts.example.com>','digest','default','Early warning has started: 1 order line at 1 vendor, worst +10 days',X'5375626A6563743A206F6C640D0A4D6573736167652D49443A203C7840616C657274732E6578616D706C652E636F6D3E0D0A4D494D452D56657273696F6E3A20312E300D0A0D0A6F6C640D0A','2026-06-30 18:00:00.000000','sent',1,NULL,'2026-06-30 18:05:00.000000');
INSERT INTO "outbox" VALUES(2,'<opened.f0c081af22bc639c954b441ac32f6f27148cff37@alerts.example.com>','opened','default','Vendor 1: 1 order line slips, worst +10 days, EUR 18,400 open',X'5375626A6563743A206F6C640D0A4D6573736167652D49443A203C7840616C657274732E6578616D706C652E636F6D3E0D0A4D494D452D56657273696F6E3A20312E300D0A0D0A6F6C640D0A','2026-07-01 18:00:00.000000','pending',0,NULL,NULL);
CREATE TABLE outbox_recipient (
	outbox_id INTEGER NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	smtp_code INTEGER NOT NULL, 
	CONSTRAINT pk_outbox_recipient PRIMARY KEY (outbox_id, address), 
	CONSTRAINT ck_outbox_recipient_outcome CHECK (outcome IN ('accepted', 'refused')), 
	CONSTRAINT fk_outbox_recipient_outbox_id FOREIGN KEY(outbox_id) REFERENCES outbox (id)
);
INSERT INTO "outbox_recipient" VALUES(1,'buyer-one@example.com','accepted',250);
INSERT INTO "outbox_recipient" VALUES(1,'buyer-two@example.com','accepted',250);
CREATE INDEX ix_alert_stream_subject_key ON alert (stream, subject_key);
CREATE INDEX ix_outbox_state_id ON outbox (state, id);
COMMIT;
