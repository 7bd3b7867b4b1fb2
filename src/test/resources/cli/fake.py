# A stand-in for both programs: SCENARIO, DRIVER and TRANSCRIPT are written before this text.
import json, os, sys, time, uuid

args = sys.argv[1:]
if args == ["--version"]:
    print(VERSION)
    sys.exit(0)
prompt = sys.stdin.read()
codex = DRIVER == "codex"
resumed = "resume" in args or any(a.startswith("--resume=") for a in args)
if codex:
    home = os.environ["CODEX_HOME"] + "/sessions/2026/11/23"
    session = args[args.index("resume") + 1] if resumed else str(uuid.uuid4())
else:
    home = os.environ["CLAUDE_CONFIG_DIR"] + "/projects/" + "".join(
        c if c.isalnum() else "-" for c in os.getcwd())
    session = next(a.split("=")[1] for a in args if a.startswith(("--resume=", "--session-id=")))
os.makedirs(home, exist_ok=True)
file = home + "/" + ("rollout-x-" if codex else "") + session + ".jsonl"


def out(event):
    sys.stdout.write((event if isinstance(event, str) else json.dumps(event)) + "\n")
    sys.stdout.flush()


def started():
    if codex:
        out({"type": "thread.started", "thread_id": session})
        out({"type": "turn.started"})
    else:
        out({"type": "system", "subtype": "init", "session_id": session})


def say(text):
    if codex:
        out({"type": "item.completed", "item": {"id": "item_1", "type": "agent_message", "text": text}})
    else:
        out({"type": "assistant", "message": {"model": "m", "content": [{"type": "text", "text": text}]}})


def call(tool, arguments):
    if codex:
        item = {"id": "item_2", "type": "mcp_tool_call", "server": "s", "tool": tool, "arguments": arguments}
        out({"type": "item.started", "item": dict(item, status="in_progress")})
        out({"type": "item.completed", "item": dict(item, status="completed")})
    else:
        use = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": arguments}
        out({"type": "assistant", "message": {"model": "m", "content": [use]}})
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "noted"}
        out({"type": "user", "message": {"content": [result]}})


def done(prompts, text):
    if codex:
        out({"type": "turn.completed", "usage": {
            "input_tokens": 1000 * prompts, "cached_input_tokens": 200 * prompts,
            "output_tokens": 50 * prompts, "reasoning_output_tokens": 10 * prompts}})
    else:
        out({"type": "result", "subtype": "success", "is_error": False, "result": text, "num_turns": 2,
             "permission_denials": [], "total_cost_usd": 0.005 * prompts,
             "modelUsage": {"m": {"inputTokens": 770 * prompts, "outputTokens": 50 * prompts,
                                  "cacheReadInputTokens": 200 * prompts,
                                  "cacheCreationInputTokens": 30 * prompts, "thinkingTokens": 10 * prompts}}})


if SCENARIO == "slow":
    started()
    time.sleep(600)
elif SCENARIO == "stubborn":
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.system("setsid sleep 600 & (sleep 600 &)")
    started()
    say("working")
    time.sleep(600)
elif SCENARIO == "polite":
    import signal

    def stop(*_):
        open("stopped-politely", "w").close()
        sys.exit(143)
    signal.signal(signal.SIGTERM, stop)
    started()
    say("working")
    time.sleep(600)
elif SCENARIO == "replay":
    sys.stdout.buffer.write(TRANSCRIPT)
    sys.stdout.flush()
    sys.stderr.write(ERRORS)
    sys.exit(STATUS)
elif SCENARIO == "chatty":
    # a command of the model's wrote into the program's output: it has the same user
    started()
    for i in range(20):
        session = str(uuid.uuid4())
        started()
    say("finished")
    done(1, "finished")
elif SCENARIO == "curious":
    # shows what a program in the sandbox can see
    started()
    seen = {"args": args, "prompt": prompt, "environment": dict(os.environ), "home": os.listdir(os.environ["HOME"])}
    for place in ("/root", "/home", os.path.dirname(os.getcwd())):
        try:
            seen[place] = os.listdir(place)
        except OSError as e:
            seen[place] = str(e)
    open("seen.json", "w").write(json.dumps(seen))
    os.makedirs(".codex", exist_ok=True)
    say("looked")
    done(1, "looked")
elif resumed and (SCENARIO == "amnesia" or not os.path.exists(file)):
    sys.stderr.write("Error: no rollout found for thread id %s\n" % session if codex else
                     "No conversation found with session ID: %s\n" % session)
    sys.exit(1)
else:
    with open(file, "a") as f:
        f.write(json.dumps(prompt) + "\n")
    prompts = len(open(file).readlines())
    if SCENARIO == "forgetful":
        os.remove(file)
    started()
    say("prompt %d" % prompts)
    call("take_note", {"text": "red"})
    with open("notes.txt", "a") as f:
        f.write(prompt.splitlines()[-1] + "\n")
    say("finished")
    done(prompts, "finished")
