-- A watcher's store as version 2 of its tables held it; brought there from version 1, dumped by SQLite. Never edited.
PRAGMA application_id = 1179866929;
BEGIN TRANSACTION;
CREATE TABLE watch_audit (
        number INTEGER PRIMARY KEY,
        previous BLOB NOT NULL,
        at INTEGER NOT NULL,
        origin TEXT NOT NULL,
        identity TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
INSERT INTO "watch_audit" VALUES(1,X'0000000000000000000000000000000000000000000000000000000000000000',1772442000,'old-machine process 1','a watcher','start','{"schema":1}',X'595349FA5EA1B5843581428B4549C55535C529D5CA10562B683D09049B18188E');
INSERT INTO "watch_audit" VALUES(2,X'595349FA5EA1B5843581428B4549C55535C529D5CA10562B683D09049B18188E',1772442001,'old-machine process 1','a watcher','event','{"block":1,"block_hash":"0x0000000000000000000000000000000000000000000000000000000000000001","chain":31337,"data":"0x00ff","emitter":"0x1111111111111111111111111111111111111111","index":0,"topics":["0x0000000000000000000000000000000000000000000000000000000000000000","0x0101010101010101010101010101010101010101010101010101010101010101"],"transaction":"0x0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"}',X'D920DE288C81F7F8DF2EDD3C5B230653E42EB4AF9112BC0DDBFD4B19DDBB2827');
INSERT INTO "watch_audit" VALUES(3,X'D920DE288C81F7F8DF2EDD3C5B230653E42EB4AF9112BC0DDBFD4B19DDBB2827',1772442001,'old-machine process 1','a watcher','facts','{"chain":31337,"facts":[{"block":1,"nth":1,"subject":"seat/1","value":"a"}],"vault":"0x1111111111111111111111111111111111111111"}',X'845107974C99B9159335D25F69FDE07938F2576DF2D61B8FA896FED5A62F0B25');
INSERT INTO "watch_audit" VALUES(4,X'845107974C99B9159335D25F69FDE07938F2576DF2D61B8FA896FED5A62F0B25',1772442001,'old-machine process 1','a watcher','happening','{"at":1772442001,"block":1,"block_hash":"0000000000000000000000000000000000000000000000000000000000000001","chain":31337,"coming":1,"evidence":2,"key":"31337:0x1111111111111111111111111111111111111111:operation/1:operation-queued:1","kind":"operation-queued","number":1,"occasion":"1","sentence":"Something happened.","severity":2,"subject":"operation/1","vault":"0x1111111111111111111111111111111111111111"}',X'BDAC02C86506108186DA49CE7F6A0B9D7C6B92D51CE7E4493C7DB630BB964E68');
INSERT INTO "watch_audit" VALUES(5,X'BDAC02C86506108186DA49CE7F6A0B9D7C6B92D51CE7E4493C7DB630BB964E68',1772442002,'old-machine process 1','a watcher','facts','{"chain":31337,"facts":[{"block":2,"nth":2,"subject":"seat/1","value":"b"}],"vault":"0x1111111111111111111111111111111111111111"}',X'6D1685F85CD7EB9BBB602F4E241B3C6ED5B79D4359A66EA0212A6106249382A2');
INSERT INTO "watch_audit" VALUES(6,X'6D1685F85CD7EB9BBB602F4E241B3C6ED5B79D4359A66EA0212A6106249382A2',1772442002,'old-machine process 1','a watcher','happening','{"at":1772442002,"block":2,"block_hash":"0000000000000000000000000000000000000000000000000000000000000002","chain":31337,"coming":1,"evidence":2,"key":"31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1","kind":"operation-queued","number":2,"occasion":"1","sentence":"Something happened.","severity":3,"subject":"operation/2","vault":"0x1111111111111111111111111111111111111111"}',X'463B863E4644BE651B3A20E064379367AFE1128E873D577F2A766D193D5D3665');
INSERT INTO "watch_audit" VALUES(7,X'463B863E4644BE651B3A20E064379367AFE1128E873D577F2A766D193D5D3665',1772442002,'old-machine process 1','a watcher','happening','{"at":1772442070,"block":70,"block_hash":"0000000000000000000000000000000000000000000000000000000000000046","chain":31337,"coming":1,"evidence":2,"findings":[{"call":2,"evidence":1,"path":[0,1],"rule":"unlimited-approval","sentence":"It allows \"everything\".","severity":3,"where":[4,36]},{"call":2,"evidence":1,"path":[0,1],"rule":"unlimited-approval","sentence":"It allows \"everything\".","severity":3,"where":[4,36]}],"key":"31337:0x1111111111111111111111111111111111111111:operation/7:operation-queued:1","kind":"operation-queued","lane":0,"lines":["One line.","Another."],"number":3,"occasion":"1","operation_id":"0707070707070707070707070707070707070707070707070707070707070707","pages":false,"ready_at":1772449000,"sentence":"Something happened.","severity":2,"subject":"operation/7","vault":"0x1111111111111111111111111111111111111111"}',X'E5AB785AD07F735B974E6C9D37B0FC978E544FDB38AE2D690C5401960C717379');
INSERT INTO "watch_audit" VALUES(8,X'E5AB785AD07F735B974E6C9D37B0FC978E544FDB38AE2D690C5401960C717379',1772442003,'old-machine process 1','a watcher','delivery','{"attempt":1,"channel":"pager","happening":"31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1","key":"pager:31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1:alert","parcel":"alert","reply":"taken","sentence":"Something happened.","severity":3,"standing":"unconfirmed"}',X'60348472F20CCF12C34FBB48A70740958709F13B6CD4F8C9769427E776A22E44');
INSERT INTO "watch_audit" VALUES(9,X'60348472F20CCF12C34FBB48A70740958709F13B6CD4F8C9769427E776A22E44',1772442004,'old-machine process 1','ann','acknowledgement','{"keys":["31337:0x1111111111111111111111111111111111111111:operation/1:operation-queued:1"],"number":1}',X'90141AB5521E98917BE8071FE817AD9256BE2D85E8581A163A8410ADFE104020');
INSERT INTO "watch_audit" VALUES(10,X'90141AB5521E98917BE8071FE817AD9256BE2D85E8581A163A8410ADFE104020',1772442000,'vm process 2452','a watcher','start','{"schema":2}',X'F7A745A56DD1FDF6239259E9EEA960F5444E6894C7313CD0707EB360A6BB82D7');
CREATE TABLE watch_audit_head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        number INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
INSERT INTO "watch_audit_head" VALUES(1,10,X'F7A745A56DD1FDF6239259E9EEA960F5444E6894C7313CD0707EB360A6BB82D7');
CREATE TABLE watch_blocks (
        chain TEXT NOT NULL,
        number INTEGER NOT NULL,
        hash BLOB NOT NULL,
        parent BLOB NOT NULL,
        timestamp INTEGER NOT NULL,
        PRIMARY KEY (chain, number)
    ) STRICT;
INSERT INTO "watch_blocks" VALUES('31337',1,X'0000000000000000000000000000000000000000000000000000000000000001',X'0000000000000000000000000000000000000000000000000000000000000000',1772442001);
INSERT INTO "watch_blocks" VALUES('31337',2,X'0000000000000000000000000000000000000000000000000000000000000002',X'0000000000000000000000000000000000000000000000000000000000000001',1772442002);
CREATE TABLE watch_checkpoints (
        chain TEXT PRIMARY KEY,
        number INTEGER NOT NULL,
        hash BLOB NOT NULL,
        timestamp INTEGER
    ) STRICT;
INSERT INTO "watch_checkpoints" VALUES('31337',2,X'0000000000000000000000000000000000000000000000000000000000000002',1772442002);
CREATE TABLE watch_events (
        chain TEXT NOT NULL,
        block INTEGER NOT NULL,
        place INTEGER NOT NULL,
        block_hash BLOB NOT NULL,
        emitter BLOB NOT NULL,
        topics BLOB NOT NULL,
        data BLOB NOT NULL,
        tx BLOB NOT NULL,
        PRIMARY KEY (chain, block, place)
    ) STRICT;
INSERT INTO "watch_events" VALUES('31337',1,0,X'0000000000000000000000000000000000000000000000000000000000000001',X'1111111111111111111111111111111111111111',X'00000000000000000000000000000000000000000000000000000000000000000101010101010101010101010101010101010101010101010101010101010101',X'00FF',X'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A');
CREATE TABLE watch_facts (
        chain TEXT NOT NULL,
        vault BLOB NOT NULL,
        subject TEXT NOT NULL,
        nth INTEGER NOT NULL,
        value TEXT NOT NULL,
        block INTEGER NOT NULL,
        block_hash BLOB NOT NULL,
        PRIMARY KEY (chain, vault, subject, nth)
    ) STRICT;
INSERT INTO "watch_facts" VALUES('31337',X'1111111111111111111111111111111111111111','seat/1',1,'a',1,X'0000000000000000000000000000000000000000000000000000000000000001');
INSERT INTO "watch_facts" VALUES('31337',X'1111111111111111111111111111111111111111','seat/1',2,'b',2,X'0000000000000000000000000000000000000000000000000000000000000002');
CREATE TABLE watch_happenings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        episode TEXT NOT NULL,
        chain TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity INTEGER NOT NULL,
        standing TEXT NOT NULL,
        block INTEGER NOT NULL,
        comings INTEGER NOT NULL,
        first_seen INTEGER NOT NULL,
        acknowledged_by TEXT,
        acknowledged_at INTEGER,
        body TEXT NOT NULL
    ) STRICT;
INSERT INTO "watch_happenings" VALUES(1,'31337:0x1111111111111111111111111111111111111111:operation/1:operation-queued:1','31337:0x1111111111111111111111111111111111111111:operation/1','31337','operation-queued',2,'unconfirmed',1,1,1772442001,'ann',1772442004,'{"at":1772442001,"block":1,"block_hash":"0000000000000000000000000000000000000000000000000000000000000001","chain":31337,"evidence":2,"kind":"operation-queued","occasion":"1","sentence":"Something happened.","severity":2,"subject":"operation/1","vault":"0x1111111111111111111111111111111111111111"}');
INSERT INTO "watch_happenings" VALUES(2,'31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1','31337:0x1111111111111111111111111111111111111111:operation/2','31337','operation-queued',3,'unconfirmed',2,1,1772442002,NULL,NULL,'{"at":1772442002,"block":2,"block_hash":"0000000000000000000000000000000000000000000000000000000000000002","chain":31337,"evidence":2,"kind":"operation-queued","occasion":"1","sentence":"Something happened.","severity":3,"subject":"operation/2","vault":"0x1111111111111111111111111111111111111111"}');
INSERT INTO "watch_happenings" VALUES(3,'31337:0x1111111111111111111111111111111111111111:operation/7:operation-queued:1','31337:0x1111111111111111111111111111111111111111:operation/7','31337','operation-queued',2,'unconfirmed',70,1,1772442002,NULL,NULL,'{"at":1772442070,"block":70,"block_hash":"0000000000000000000000000000000000000000000000000000000000000046","chain":31337,"evidence":2,"findings":[{"call":2,"evidence":1,"path":[0,1],"rule":"unlimited-approval","sentence":"It allows \"everything\".","severity":3,"where":[4,36]},{"call":2,"evidence":1,"path":[0,1],"rule":"unlimited-approval","sentence":"It allows \"everything\".","severity":3,"where":[4,36]}],"kind":"operation-queued","lane":0,"lines":["One line.","Another."],"occasion":"1","operation_id":"0707070707070707070707070707070707070707070707070707070707070707","pages":false,"ready_at":1772449000,"sentence":"Something happened.","severity":2,"subject":"operation/7","vault":"0x1111111111111111111111111111111111111111"}');
CREATE TABLE watch_leases (
        chain TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT;
CREATE TABLE watch_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "watch_meta" VALUES('mark','fourth-signer watch');
INSERT INTO "watch_meta" VALUES('version','2');
CREATE TABLE watch_outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        channel TEXT NOT NULL,
        parcel TEXT NOT NULL,
        state TEXT NOT NULL,
        happening TEXT,
        coming INTEGER NOT NULL,
        severity INTEGER NOT NULL,
        body TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        failure TEXT,
        claimed_by TEXT,
        claimed_until INTEGER,
        reply TEXT,
        delivered_at INTEGER
    ) STRICT;
INSERT INTO "watch_outbox" VALUES(1,'pager:31337:0x1111111111111111111111111111111111111111:operation/1:operation-queued:1:alert','pager','alert','pending','31337:0x1111111111111111111111111111111111111111:operation/1:operation-queued:1',1,2,'{"standing":"unconfirmed","text":[]}',1772442000,1772442000,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "watch_outbox" VALUES(2,'pager:31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1:alert','pager','alert','delivered','31337:0x1111111111111111111111111111111111111111:operation/2:operation-queued:1',1,3,'{"standing":"unconfirmed","text":[]}',1772442000,1772442000,1,NULL,'me',NULL,'taken',1772442003);
INSERT INTO "watch_outbox" VALUES(3,'pager:31337:0x1111111111111111111111111111111111111111:operation/7:operation-queued:1:alert','pager','alert','pending','31337:0x1111111111111111111111111111111111111111:operation/7:operation-queued:1',1,2,'{"standing":"unconfirmed","text":[]}',1772442000,1772442000,0,NULL,NULL,NULL,NULL,NULL);
CREATE INDEX watch_facts_by_block ON watch_facts (chain, block);
CREATE INDEX watch_happenings_by_block ON watch_happenings (chain, block);
CREATE INDEX watch_happenings_by_episode ON watch_happenings (episode);
CREATE INDEX watch_outbox_by_state ON watch_outbox (state, channel, due_at);
CREATE INDEX watch_outbox_by_happening ON watch_outbox (happening);
CREATE INDEX watch_happenings_by_time ON watch_happenings (first_seen);
CREATE INDEX watch_happenings_open ON watch_happenings (first_seen)
        WHERE acknowledged_at IS NULL AND standing <> 'retracted';
CREATE INDEX watch_happenings_unconfirmed ON watch_happenings (chain, block)
        WHERE standing = 'unconfirmed';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('watch_happenings',3);
INSERT INTO "sqlite_sequence" VALUES('watch_outbox',3);
COMMIT;
