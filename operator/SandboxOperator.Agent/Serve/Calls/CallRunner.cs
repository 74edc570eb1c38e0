using System.Security.Cryptography;
using System.Text;
using SandboxOperator.Agent.Link;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>
/// Runs calls at most once and one at a time. A call once started goes on whatever becomes of its caller; it ends when
/// init says so, when the kernel side is lost, or at its deadline.
/// </summary>
internal sealed partial class CallRunner : IKernelObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ServeOptions _options;
    private readonly CallBook _book;
    private readonly WorkingDirectory _files;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private RunningCall? _running;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IKernelConnection? _kernel;
    private LinkMessage.Hello? _hello;
    private bool _ready;
    private bool _readyDuringCall;
    private bool _hasState;
    private string? _stateLost;
    private bool _closed;

    public CallRunner(
        ServeOptions options,
        CallBook book,
        WorkingDirectory files,
        TimeProvider time,
        ILogger<CallRunner> logger
    )
    {
        (_options, _book, _files, _time, _logger) = (options, book, files, time, logger);
        StartedAt = time.GetUtcNow();
    }

    /// <summary>Random at every start.</summary>
    public string Incarnation { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public DateTimeOffset StartedAt { get; }

    /// <summary>When the agent, if no call comes, has been idle for so long; null while a call runs.</summary>
    public DateTimeOffset? IdleSince
    {
        get
        {
            lock (_gate)
            {
                return _running is null ? LastCallAt ?? StartedAt : null;
            }
        }
    }

    /// <inheritdoc />
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _running is null && !_ready;
            }
        }
    }

    private DateTimeOffset? LastCallAt { get; set; }

    /// <summary>The agent's state.</summary>
    /// <param name="notReadyReason">What the kernel side says why no kernel is up.</param>
    public AgentStatus Status(string notReadyReason)
    {
        lock (_gate)
        {
            var reason =
                _closed ? "the sandbox is about to end"
                : _running is not null ? "a call runs"
                : _ready ? null
                : notReadyReason;
            return new AgentStatus
            {
                Incarnation = Incarnation,
                Version = typeof(CallRunner).Assembly.GetName().Version?.ToString(3) ?? "0",
                Ready = reason is null,
                NotReadyReason = reason,
                KernelConnected = _kernel is not null,
                RunningCall = _running?.Known.Id,
                StartedAtMs = StartedAt.ToUnixTimeMilliseconds(),
                LastCallAtMs = LastCallAt?.ToUnixTimeMilliseconds(),
                Limits = [.. _hello?.Limits ?? [], .. OwnLimits()],
                Isolation = _hello?.Isolation ?? [],
            };
        }
    }

    /// <summary>Starts a call, attaches to it, or finds what is known of it. In this order:</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>A caller below the highest epoch is refused: its run belongs to another replica, even where it only listens.</item>
    /// <item>A known id is answered by its events, whatever incarnation the caller means: a caller that was cut off by
    /// the agent's death learns here how its call ended, or that this is lost. Nothing runs.</item>
    /// <item>Another incarnation is refused: the variables the code relies on are gone.</item>
    /// <item>While another call runs the call is refused.</item>
    /// <item>While no kernel is up the call waits for one, for some seconds, and is then refused.</item>
    /// <item>The id is logged, then the code is sent.</item>
    /// </list>
    /// </remarks>
    /// <exception cref="RequestException">The call was refused and has not run.</exception>
    public async Task<CallTranscript> AcceptAsync(CallRequest request, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Code)));
        using var patience = new CancellationTokenSource(_options.ReadyPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            var attempt = TryStart(request, hash, patience.IsCancellationRequested);
            if (attempt.Started is { } call)
            {
                Send(call, request);
                return call.Transcript;
            }

            if (attempt.Known is { } transcript)
            {
                return transcript;
            }

            await attempt.Changed.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Interrupts the call if it runs; does nothing when it has ended.</summary>
    /// <exception cref="RequestException">404: it was never started.</exception>
    public void Interrupt(string id)
    {
        RunningCall? call;
        lock (_gate)
        {
            call = _running?.Known.Id == id ? _running : null;
            if (call is null && _book.Find(id) is null)
            {
                throw RequestException.NotFound($"There is no call '{id}'.");
            }

            if (call is null || call.IsInterrupted)
            {
                return;
            }

            call.IsInterrupted = true;
            call.Deadline?.Change(_options.InterruptGrace, Timeout.InfiniteTimeSpan);
        }

        Log.Interrupting(_logger, id);
        call.Kernel.Send(new LinkMessage.Interrupt(id));
    }

    /// <summary>Refuses calls from now on, if none runs.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            return _closed = _running is null;
        }
    }

    /// <summary>Ends the running call and refuses all later ones.</summary>
    public void Close(string reason)
    {
        CallTranscript? told;
        lock (_gate)
        {
            told = _running?.Transcript;
            _closed = true;
            End(CallStatuses.Killed, reason);
        }

        told?.Tell();
    }

    public void Dispose()
    {
        Close("the sandbox was stopped; variables are lost");
        _book.Dispose();
    }

    private Attempt TryStart(CallRequest request, string hash, bool outOfPatience)
    {
        lock (_gate)
        {
            if (request.Epoch < _book.HighestEpoch)
            {
                throw RequestException.Conflict(
                    AgentErrorCodes.EpochFenced,
                    $"A caller with epoch {_book.HighestEpoch} has been here; yours is {request.Epoch}."
                );
            }

            _book.Raise(request.Epoch);
            if (Known(request.Id, hash) is { } transcript)
            {
                return new(null, transcript, Task.CompletedTask);
            }

            Admit(request);
            if (_ready)
            {
                return new(Start(request, hash), null, Task.CompletedTask);
            }

            return outOfPatience
                ? throw RequestException.Unavailable("No kernel is up; GET /status tells why. Try again soon.")
                : new(null, null, _changed.Task);
        }
    }

    private CallTranscript? Known(string id, string hash)
    {
        if (_book.Find(id) is not { } known)
        {
            return null;
        }

        if (known.CodeHash != hash)
        {
            throw RequestException.Conflict(
                AgentErrorCodes.CallIdReused,
                $"The call '{id}' was started with other code."
            );
        }

        if (_running?.Known == known)
        {
            return _running.Transcript;
        }

        return _book.Recorded(known)
            ?? Lost(
                known.IsOurs
                    ? "the result of this call is not kept any more"
                    : "the sandbox was restarted while this call ran; its outcome is unknown and variables are lost",
                stateLost: !known.IsOurs
            );
    }

    private static CallTranscript Lost(string message, bool stateLost)
    {
        var transcript = new CallTranscript();
        transcript.Add(new CallStarted());
        transcript.Add(
            new CallDone
            {
                Status = CallStatuses.Lost,
                Message = message,
                StateLost = stateLost,
            }
        );
        transcript.Tell();
        return transcript;
    }

    private void Admit(CallRequest request)
    {
        if (request.Incarnation != Incarnation)
        {
            throw new RequestException(
                412,
                AgentErrorCodes.IncarnationMismatch,
                $"This is incarnation {Incarnation} of the agent; variables of earlier ones are lost."
            );
        }

        if (_running is not null)
        {
            throw RequestException.Conflict(AgentErrorCodes.Busy, $"The call '{_running.Known.Id}' runs.");
        }

        if (_closed)
        {
            throw RequestException.Unavailable("The sandbox is about to end.");
        }
    }

    private RunningCall Start(CallRequest request, string hash)
    {
        var before = _files.Snapshot();
        var call = new RunningCall(_book.Start(request.Id, hash), _kernel!, before, _options.OutputBytes);
        _running = call;
        LastCallAt = _time.GetUtcNow();
        call.Transcript.Add(new CallStarted { StateLost = _stateLost });
        _stateLost = null;
        _readyDuringCall = false;
        call.Deadline = _time.CreateTimer(
            _ => Expire(call),
            null,
            TimeLimit(request) + _options.CallGrace,
            Timeout.InfiniteTimeSpan
        );
        Log.Started(_logger, request.Id);
        return call;
    }

    private void Send(RunningCall call, CallRequest request) =>
        call.Kernel.Send(new LinkMessage.Run(call.Known.Id, request.Code, (long)TimeLimit(request).TotalMilliseconds));

    private LimitStatus[] OwnLimits() =>
        [
            new("output", $"{_options.OutputBytes} bytes a call", "the agent (head and tail are kept)"),
            new(
                "time",
                $"{_options.CallTimeout.TotalSeconds} s a call",
                "init (SIGINT, then SIGKILL), the agent behind it"
            ),
        ];

    private TimeSpan TimeLimit(CallRequest request) =>
        request.TimeoutSeconds is { } seconds && seconds < _options.CallTimeout.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : _options.CallTimeout;

    /// <summary>One of three: the call was started, it is known already, or it has to wait for a change.</summary>
    private readonly record struct Attempt(RunningCall? Started, CallTranscript? Known, Task Changed);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Call {Call} starts")]
        public static partial void Started(ILogger logger, string call);

        [LoggerMessage(LogLevel.Information, "Call {Call} is interrupted")]
        public static partial void Interrupting(ILogger logger, string call);

        [LoggerMessage(LogLevel.Debug, "Call {Call} has ended: {Status}")]
        public static partial void Ended(ILogger logger, string call, string status);

        [LoggerMessage(LogLevel.Warning, "Call {Call} is {Status}: init did not answer; the kernel side is restarted")]
        public static partial void Unanswered(ILogger logger, string call, string status);

        [LoggerMessage(LogLevel.Error, "The result of call {Call} could not be recorded; it will be replayed as lost")]
        public static partial void NotRecorded(ILogger logger, Exception exception, string call);

        [LoggerMessage(LogLevel.Warning, "The kernel was lost between calls: {Reason}")]
        public static partial void KernelLost(ILogger logger, string reason);
    }
}
