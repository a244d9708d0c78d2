package main

// truth says what is wrong with each kernel, as read there and in the README
// beside them, which gives the class.
func truth() []kernel {
	return []kernel{
		{
			name: "cockroach10214", class: resource,
			bug: "sendQueuedHeartbeats locks a replica's raftMu with coalescedMu held, tick locks coalescedMu with raftMu held",
			answers: []answer{{lockOrder, "(*Store).sendQueuedHeartbeats (*Store).sendQueuedHeartbeatsToNode (*Replica).reportUnreachable " +
				"(*Replica).tick (*Replica).tickRaftMuLocked (*Replica).maybeQuiesceLocked (*Replica).maybeCoalesceHeartbeat", []string{"coalescedMu", "raftMu"}}},
		}, {
			name: "cockroach1055", class: mixed,
			bug: "Stop waits for stop, or for drain, with mu held; the workers need mu in StartTask, and what that adds to drain nobody takes off again",
			answers: []answer{
				{holdAndWait, "(*Stopper).Stop (*Stopper).Quiesce", []string{"mu", "stop|drain"}},
				{waitCount, "(*Stopper).Stop (*Stopper).Quiesce (*Stopper).StartTask", []string{"stop|drain"}},
			},
		}, {
			name: "cockroach10790", class: communication,
			bug:     "the goroutine that beginCmds leaves behind receives from every channel, with nobody left to send after cancellation",
			answers: []answer{{blocked, "(*Replica).beginCmds", []string{"ch|chans"}}},
		}, {
			name: "cockroach13197", class: communication,
			bug: "awaitDone waits for a context that nobody cancels, since Rollback is never called",
			answers: []answer{
				{blocked, "(*Tx).awaitDone (*DB).begin", []string{"ctx|Done"}},
				{lostContext, "(*DB).begin Cockroach13197", []string{"cancel|ctx|tx"}},
			},
		}, {
			name: "cockroach13755", class: communication,
			bug: "awaitDone waits for a context that nobody cancels, since the rows are not closed",
			answers: []answer{
				{blocked, "(*Rows).awaitDone (*Rows).initContextClose", []string{"ctx|Done"}},
				{lostContext, "(*Rows).initContextClose Cockroach13755", []string{"cancel|ctx|rs"}},
			},
		}, {
			name: "cockroach1462", class: mixed,
			bug: "the worker sends to Events without a case for ShouldStop, which its receiver obeys; Stop waits for the worker",
			answers: []answer{
				{blocked, "(*localInterceptableTransport).start", []string{"Events"}},
				{waitCount, "(*Stopper).Stop (*Stopper).RunWorker", []string{"stop"}},
			},
		}, {
			name: "cockroach16167", class: resource,
			bug: "execParsed holds the read lock of systemConfigMu, by way of the condition variable's Locker, and getDatabaseCache takes it again",
			answers: []answer{{readLock, "(*Executor).execParsed runTxnAttempt (*Executor).execStmtsInCurrentTxn (*Executor).execStmtInOpenTxn " +
				"PreparedStatements.New (*Executor).Prepare (*Session).resetForBatch (*Executor).getDatabaseCache", []string{"systemConfigMu|systemConfigCond"}}},
		}, {
			// The README has it among the resources, and describes a channel.
			name: "cockroach18101", class: resource,
			bug:     "splitAndScatter sends more than the channel holds, and restore stops receiving when the context is done",
			answers: []answer{{blocked, "splitAndScatter restore", []string{"readyForImportCh"}}},
		}, {
			name: "cockroach2448", class: communication,
			bug: "processRaft runs a callback that sends to callbackChan, while its receiver sends to Events, which processRaft alone receives",
			answers: []answer{{blocked, "(*state).handleWriteResponse (*MultiRaft).sendEvent (*Store).processRaft (*state).start",
				[]string{"Events|callbackChan"}}},
		}, {
			name: "cockroach24808", class: communication,
			bug:     "Start sends to ch, whose one place is taken, before it starts the receiver",
			answers: []answer{{blocked, "(*Compactor).Start Cockroach24808", []string{"ch"}}},
		}, {
			name: "cockroach25456", class: communication,
			bug:     "process receives from quiescer, which nobody closes",
			answers: []answer{{blocked, "(*consistencyQueue).process Cockroach25456", []string{"quiescer|ShouldQuiesce"}}},
		}, {
			name: "cockroach35073", class: communication,
			bug:     "Push sends to dataChan when it is full, with nobody to receive",
			answers: []answer{{blocked, "(*RowChannel).Push Cockroach35073", []string{"dataChan|Push"}}},
		}, {
			name: "cockroach35931", class: communication,
			bug:     "cancel pushes to a receiver whose dataChan is full, with nobody to receive",
			answers: []answer{{blocked, "(*RowChannel).Push (*Flow).cancel", []string{"dataChan|Push"}}},
		}, {
			name: "cockroach3710", class: resource,
			bug: "ForceRaftLogScanAndProcess holds the read lock of the store's mu, and RaftStatus, four calls down, takes it again; processRaft writes",
			answers: []answer{{readLock, "(*Store).ForceRaftLogScanAndProcess (*baseQueue).MaybeAdd (*raftLogQueue).shouldQueue " +
				"getTruncatableIndexes (*Store).RaftStatus", []string{"mu"}}},
			also: []answer{{lockOrder, "(*Store).ForceRaftLogScanAndProcess (*baseQueue).MaybeAdd (*raftLogQueue).shouldQueue " +
				"getTruncatableIndexes (*Store).RaftStatus", []string{"mu", "bq|baseQueue|raftLogQueue"}}},
		}, {
			name: "cockroach584", class: resource,
			bug: "bootstrap and manage break out of their loops with mu locked; the second waits for the first",
			answers: []answer{
				{missingUnlock, "(*gossip).bootstrap (*gossip).manage", []string{"g.mu"}},
				{doubleLock, "(*gossip).manage Cockroach584", []string{"mu"}},
			},
		}, {
			name: "cockroach6181", class: resource,
			bug: "LookupRangeDescriptor holds the read lock of rangeCacheMu, and String takes it again; others write",
			answers: []answer{{readLock, "(*rangeDescriptorCache).LookupRangeDescriptor (*rangeDescriptorCache).String",
				[]string{"rangeCacheMu"}}},
		}, {
			name: "cockroach7504", class: resource,
			bug: "release locks the name cache with a lease locked, get locks a lease with the name cache locked",
			answers: []answer{{lockOrder, "(*tableState).release (*tableState).removeLease (*tableNameCache).remove (*tableNameCache).get",
				[]string{"lease.mu|s.mu|LeaseState|LeaseState.mu", "c.mu|tableNameCache|tableNameCache.mu"}}},
		}, {
			name: "cockroach9935", class: resource,
			bug:     "outputLogEntry calls exit with mu locked, and exit locks it",
			answers: []answer{{doubleLock, "(*loggingT).outputLogEntry (*loggingT).exit", []string{"mu"}}},
		}, {
			name: "etcd10492", class: resource,
			bug:     "Renew calls the checkpointer with mu locked, a function in a field, which locks it in Checkpoint",
			answers: []answer{{doubleLock, "(*lessor).Renew (*lessor).Checkpoint Etcd10492", []string{"mu"}}},
		}, {
			name: "etcd5509", class: resource,
			bug:     "acquire returns an error with the client's mu locked for reading",
			answers: []answer{{missingUnlock, "(*remoteClient).acquire", []string{"r.client.mu"}}},
			also:    []answer{{lostContext, "Etcd5509", nil}},
		}, {
			name: "etcd6708", class: resource,
			bug: "Sync holds the lock of the cluster client, and Do, reached by two interfaces, locks it for reading",
			answers: []answer{{doubleLock, "(*httpClusterClient).Sync (*httpClusterClient).SetEndpoints (*httpClusterClient).getLeaderEndpoint " +
				"(*httpMembersAPI).Leader (*httpClusterClient).Do", []string{"c|httpClusterClient|RWMutex"}}},
		}, {
			name: "etcd6857", class: communication,
			bug:     "Status sends to status without a case for the node having stopped",
			answers: []answer{{blocked, "(*node).Status", []string{"status"}}},
		}, {
			name: "etcd6873", class: mixed,
			bug:     "stop waits for donec with mu locked, and the goroutine that closes donec needs mu in coalesce",
			answers: []answer{{holdAndWait, "(*watchBroadcasts).stop", []string{"mu", "donec"}}},
		}, {
			name: "etcd7492", class: mixed,
			bug: "assignSimpleTokenToUser sends to the keeper with simpleTokensMu locked, and the keeper needs it to delete a token",
			answers: []answer{{holdAndWait, "(*tokenSimple).assignSimpleTokenToUser (*simpleTokenTTLKeeper).addSimpleToken (*tokenSimple).assign",
				[]string{"simpleTokensMu", "addSimpleTokenCh|addSimpleToken"}}},
		}, {
			name: "etcd7902", class: mixed,
			bug:     "a follower waits in release, a function in a field, with mu locked, and the leader needs mu to close the channel",
			answers: []answer{{holdAndWait, "doRounds runElectionFunc", []string{"mu", "release|rcNextc|nextc"}}},
		}, {
			name: "grpc1275", class: communication,
			bug: "the stream's reader receives from a channel to which nobody sends, since CloseStream does nothing",
			answers: []answer{{blocked, "(*recvBufferReader).Read (*Stream).Read testInflightStreamClosing",
				[]string{"c|get|recv|stream"}}},
		}, {
			name: "grpc1424", class: communication,
			bug:     "DialContext's goroutine waits for doneChan, which lbWatcher neither closes nor sends to when its loop ends",
			answers: []answer{{blocked, "DialContext (*ClientConn).lbWatcher", []string{"doneChan"}}},
		}, {
			name: "grpc1460", class: mixed,
			bug:     "keepalive receives from awakenKeepalive with mu locked, and NewStream needs mu to send",
			answers: []answer{{holdAndWait, "(*http2Client).keepalive", []string{"mu", "awakenKeepalive"}}},
		}, {
			name: "grpc3017", class: resource,
			bug:     "the timer's function returns early with mu locked",
			answers: []answer{{missingUnlock, "(*lbCacheClientConn).RemoveSubConn", []string{"ccc.mu"}}},
		}, {
			name: "grpc660", class: communication,
			bug:     "the goroutine sends its result to a caller that may have stopped",
			answers: []answer{{blocked, "(*benchmarkClient).doCloseLoopUnary", []string{"done"}}},
		}, {
			name: "grpc795", class: resource,
			bug: "GracefulStop locks mu a second time where it should unlock it",
			answers: []answer{
				{doubleLock, "(*Server).GracefulStop", []string{"s.mu"}},
				{lockForUnlock, "(*Server).GracefulStop", []string{"s.mu"}},
				{missingUnlock, "(*Server).GracefulStop", []string{"s.mu"}},
			},
		}, {
			name: "grpc862", class: communication,
			bug: "the connection's goroutine waits for a context that Close may have been too early to cancel",
			answers: []answer{
				{blocked, "(*addrConn).resetTransport (*ClientConn).resetAddrConn DialContext", []string{"ctx|Done"}},
				{lostContext, "(*ClientConn).resetAddrConn DialContext", []string{"cancel|ctx"}},
			},
		}, {
			name: "hugo3251", class: resource,
			bug: "URLLock waits for the lock of a URL with the lock of the map held, and URLUnlock needs the map's to release the URL's",
			answers: []answer{
				{lockOrder, "(*remoteLock).URLLock (*remoteLock).URLUnlock resGetRemote", []string{"l|remoteLock|RWMutex|remoteURLLock", "m|um|l.m"}},
				{holdAndWait, "(*remoteLock).URLLock", []string{"l|remoteLock|RWMutex"}},
			},
		}, {
			name: "hugo5379", class: resource,
			bug: "a goroutine that initContent starts holds contentInitMu, and comes to initPlain, which locks it, eight calls down, one of them of a function in a map",
			answers: []answer{
				{doubleLock, "(*Page).initContent (*Page).prepareForRender handleShortcodes (*shortcodeHandler).executeShortcodesForDelta " +
					"prepareShortcodeForPage renderShortcode renderShortcodeWithPage (*Page).WordCount (*Page).initContentPlainAndMeta (*Page).initPlain", []string{"contentInitMu"}},
				{lockOrder, "(*Page).initContent (*Page).initPlain", []string{"contentInitMu", "plainInit|contentInit"}},
			},
		}, {
			name: "istio16224", class: mixed,
			bug:     "the handler sends to done with lock held, and the receiver takes lock first",
			answers: []answer{{holdAndWait, "Istio16224", []string{"lock", "done"}}},
		}, {
			name: "istio17860", class: communication,
			bug:     "runWait sends to statusCh when Run has returned",
			answers: []answer{{blocked, "(*agent).runWait (*agent).Restart", []string{"statusCh"}}},
		}, {
			name: "istio18454", class: communication,
			bug: "the event loop drains a timer whose value it has received already",
			answers: []answer{
				{blocked, "(*Strategy).startTimer", []string{"timer|C"}},
				{drained, "(*Strategy).startTimer", []string{"timer|s.timer|s.timer.C"}},
				{blocked, "(*Strategy).OnChange", []string{"resetChan"}},
			},
		}, {
			name: "kubernetes10182", class: mixed,
			bug:     "SetPodStatus sends with podStatusesLock locked, and the receiver takes it in DeletePodStatus before it receives again",
			answers: []answer{{holdAndWait, "(*statusManager).SetPodStatus", []string{"podStatusesLock", "podStatusChannel"}}},
		}, {
			name: "kubernetes11298", class: communication,
			bug: "serviceLoop has a goroutine of its own wait for the condition variable whose lock it holds itself; who signals needs the lock",
			answers: []answer{
				{condition, "(*notifier).serviceLoop", []string{"cond"}},
				{holdAndWait, "(*notifier).serviceLoop", []string{"lock"}},
			},
		}, {
			name: "kubernetes13135", class: resource,
			bug: "startCaching comes to Replace, which locks the watch cache, with the cacher locked; the cache's processEvent calls the cacher's with the cache locked",
			answers: []answer{{lockOrder, "(*Cacher).startCaching (*Reflector).ListAndWatch (*Reflector).syncWith (*WatchCache).Replace " +
				"(*WatchCache).Add (*WatchCache).processEvent (*Cacher).processEvent NewCacher", []string{"c|Cacher|cacher", "w|WatchCache|watchCache"}}},
		}, {
			name: "kubernetes1321", class: mixed,
			bug:     "distribute sends to a watcher with lock held, and the watcher needs lock to stop",
			answers: []answer{{holdAndWait, "(*Mux).distribute", []string{"lock", "result"}}},
		}, {
			name: "kubernetes25331", class: communication,
			bug:     "run sends to resultChan, from which nobody receives",
			answers: []answer{{blocked, "(*watchChan).run", []string{"resultChan"}}},
		}, {
			name: "kubernetes26980", class: mixed,
			bug:     "pop waits for stopCh with lock held, and who closes stopCh first waits for a goroutine that needs lock",
			answers: []answer{{holdAndWait, "(*processorListener).pop", []string{"lock", "stopCh"}}},
		}, {
			name: "kubernetes30872", class: resource,
			bug: "Pop calls a handler, which locks the informer in addCluster, with the queue locked; ClustersSynced locks the queue in HasSynced with the informer locked",
			answers: []answer{{lockOrder, "(*DeltaFIFO).Pop (*Controller).processLoop NewInformer ResourceEventHandlerFuncs.OnAdd NewFederatedInformer " +
				"(*federatedInformerImpl).addCluster (*federatedInformerImpl).ClustersSynced (*Controller).HasSynced (*DeltaFIFO).HasSynced",
				[]string{"f|federatedInformerImpl|federatedInformer", "lock|DeltaFIFO|DeltaFIFO.lock"}}},
		}, {
			name: "kubernetes38669", class: communication,
			bug:     "process sends to result, from which nobody receives",
			answers: []answer{{blocked, "(*cacheWatcher).sendWatchCacheEvent (*cacheWatcher).process", []string{"result"}}},
		}, {
			name: "kubernetes5316", class: communication,
			bug:     "the goroutine sends its result to a caller that a timeout may have sent away",
			answers: []answer{{blocked, "finishRequest", []string{"ch|errCh"}}},
		}, {
			name: "kubernetes58107", class: resource,
			bug: "a worker waits for its queue with workerLock locked for reading; a writer waits for it, and the other worker for the writer",
			answers: []answer{
				{holdAndWait, "(*ResourceQuotaController).worker (*Type).Get", []string{"workerLock"}},
				{readLock, "(*ResourceQuotaController).worker", []string{"workerLock"}},
			},
			also: []answer{{condition, "(*Type).Get (*Type).Put", []string{"cond"}}},
		}, {
			name: "kubernetes62464", class: resource,
			bug: "GetCPUSetOrDefault holds the read lock of the state, and what it calls takes it again; SetDefaultCPUSet writes",
			answers: []answer{{readLock, "(*stateMemory).GetCPUSetOrDefault (*stateMemory).GetCPUSet (*stateMemory).GetDefaultCPUSet",
				[]string{"s|stateMemory|RWMutex"}}},
		}, {
			name: "kubernetes6632", class: mixed,
			bug:     "WriteFrame sends to resetChan with writeLock held, and monitor, which should receive, needs writeLock",
			answers: []answer{{holdAndWait, "(*idleAwareFramer).WriteFrame", []string{"writeLock", "resetChan"}}},
		}, {
			name: "kubernetes70277", class: communication,
			bug:     "the caller waits for a channel that it closes itself, later",
			answers: []answer{{blocked, "Kubernetes70277", []string{"doneCh|stopCh"}}},
		}, {
			name: "moby17176", class: resource,
			bug:     "cleanupDeletedDevices returns early with the device set locked",
			answers: []answer{{missingUnlock, "(*DeviceSet).cleanupDeletedDevices", []string{"devices"}}},
			also: []answer{
				{holdAndWait, "testDevmapperLockReleasedDeviceDeletion", []string{"ds", "doneChan"}},
				{blocked, "testDevmapperLockReleasedDeviceDeletion", []string{"doneChan"}},
			},
		}, {
			name: "moby21233", class: communication,
			bug: "the watchers send progress to a consumer that may have returned, which then also closes progressDone never",
			answers: []answer{{blocked, "(chanOutput).WriteProgress (*Transfer).Watch (*Transfer).Release testTransfer",
				[]string{"out|progressChan|progressDone|running|WriteProgress"}}},
		}, {
			name: "moby25384", class: mixed,
			bug:     "init waits within the loop for all the goroutines that it is still to start",
			answers: []answer{{waitCount, "(*Manager).init", []string{"group"}}},
		}, {
			name: "moby27782", class: communication,
			bug:     "Remove waits for a condition variable that is not signalled for this kind of event",
			answers: []answer{{condition, "(*Watcher).Remove (*Event).ignoreLinux", []string{"cv"}}},
			also: []answer{
				{holdAndWait, "(*JSONFileLogger).readLogs followLogs (*Watcher).Remove", nil},
				// Remove is in the way of Close, which would end the events.
				{blocked, "(*Watcher).readEvents", []string{"w.Events"}},
			},
		}, {
			name: "moby28462", class: mixed,
			bug: "StateChanged sends to stop with the container locked, and monitor, which should receive, needs its lock in handleProbeResult",
			answers: []answer{{holdAndWait, "(*Daemon).StateChanged (*Daemon).updateHealthMonitorElseBranch (*Health).CloseMonitorChannel",
				[]string{"c|Container|Mutex", "stop|CloseMonitorChannel|updateHealthMonitorElseBranch"}}},
		}, {
			name: "moby30408", class: communication,
			bug:     "waitActive waits for a condition variable that nobody signals",
			answers: []answer{{condition, "(*Plugin).waitActive testActive Moby30408", []string{"activateWait"}}},
		}, {
			name: "moby33781", class: communication,
			bug:     "the probe sends its result to a monitor that may have stopped",
			answers: []answer{{blocked, "monitor", []string{"results"}}},
		}, {
			name: "moby36114", class: resource,
			bug:     "hotAddVHDsAtStart calls hotRemoveVHDsAtStart with the machine locked, and that locks it",
			answers: []answer{{doubleLock, "(*serviceVM).hotAddVHDsAtStart (*serviceVM).hotRemoveVHDsAtStart", []string{"svm|serviceVM"}}},
		}, {
			name: "moby4951", class: resource,
			bug: "DeleteDevice locks a device with the device set locked; removeDeviceAndWait releases the set and locks it again with the device locked",
			answers: []answer{{lockOrder, "(*DeviceSet).DeleteDevice (*DeviceSet).deleteDevice (*DeviceSet).removeDeviceAndWait",
				[]string{"devices|DeviceSet", "lock|info.lock|DevInfo.lock"}}},
		}, {
			name: "moby7559", class: resource,
			bug: "Run continues its loop, or ends it, with connTrackLock locked, and the next iteration locks it again",
			answers: []answer{
				{missingUnlock, "(*UDPProxy).Run", []string{"proxy.connTrackLock"}},
				{doubleLock, "(*UDPProxy).Run", []string{"connTrackLock"}},
			},
		}, {
			name: "serving2137", class: mixed,
			bug: "a request's function waits for the request's lock with the only active place taken, and who unlocks first waits for another request, which waits for the place",
			answers: []answer{
				{holdAndWait, "(*Breaker).Maybe (*Breaker).concurrentRequest", []string{"activeRequests|lock"}},
				{blocked, "unlock (*Breaker).Maybe", []string{"activeRequests|accepted"}},
			},
		}, {
			name: "syncthing4829", class: resource,
			bug:     "clearAddresses calls notify with mut locked, and notify locks it for reading",
			answers: []answer{{doubleLock, "(*Mapping).clearAddresses (*Mapping).notify", []string{"m.mut|Mapping|Mapping.mut"}}},
		}, {
			name: "syncthing5795", class: communication,
			bug: "the dispatcher loop comes to Close, which waits for the loop itself to stop",
			answers: []answer{{blocked, "(*rawConnection).Close (*rawConnection).dispatcherLoop (*TestModel).ClusterConfig Syncthing5795",
				[]string{"dispatcherLoopStopped"}}},
		},
	}
}
