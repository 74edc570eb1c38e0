using System.Buffers;
using System.Text.Json;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// A kernel: its process, its control socket and its two output pipes. Its pid is known once it says that it is ready,
/// before any user code runs in it. The loop owns it; the watches only signal it.
/// </summary>
internal sealed class KernelProcess(int control, int stdout, int stderr) : IDisposable
{
    private const int WriteTimeout = 5000;

    private readonly Lock _lock = new();
    private readonly LineBuffer _lines = new(KernelMessage.MaxLineBytes);
    private readonly ArrayBufferWriter<byte> _request = new(1024);
    private bool _reaped;
    private long? _ack;

    public int Control { get; private set; } = control;

    public OutputPipe Stdout { get; } = new("stdout", stdout);

    public OutputPipe Stderr { get; } = new("stderr", stderr);

    /// <summary>0 until the kernel is ready.</summary>
    public int Pid { get; private set; }

    /// <summary>Why init killed it, if it did; the first reason stays.</summary>
    public KillReason Reason { get; private set; }

    public void BecomeReady(int pid)
    {
        lock (_lock)
        {
            Pid = pid;
        }
    }

    /// <summary>Sends a signal, to its whole group on request; false when there is no process to take it.</summary>
    public bool Signal(int signal, bool group = false)
    {
        // Under the lock, because a reaped pid may soon be somebody else's.
        lock (_lock)
        {
            return Pid > 0 && !_reaped && Native.Kill(group ? -Pid : Pid, signal) == 0;
        }
    }

    /// <summary>Kills it for a reason, unless it is dead already.</summary>
    public bool Kill(KillReason reason)
    {
        lock (_lock)
        {
            if (Pid == 0 || _reaped || Native.Kill(Pid, Native.SignalKill) != 0)
            {
                return false;
            }

            Reason = Reason == KillReason.None ? reason : Reason;
            return true;
        }
    }

    /// <summary>Notes that its pid is no longer its own.</summary>
    public void Reaped()
    {
        lock (_lock)
        {
            _reaped = true;
        }
    }

    /// <summary>Reads the control socket once: false at its end.</summary>
    public bool ReadControl() => Control >= 0 && _lines.ReadFrom(Control) != 0;

    /// <summary>The next message that was read; null when there is none yet.</summary>
    /// <exception cref="LinkException">What was read is not a message.</exception>
    public KernelMessage? TakeMessage()
    {
        if (_lines.TryTake(out var line))
        {
            return KernelMessage.Parse(line);
        }

        return _lines.IsTooLong ? throw new LinkException("a line is too long") : null;
    }

    /// <summary>Asks it to run code; false when it does not take it.</summary>
    public bool SendRun(string call, string code)
    {
        _request.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_request))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "run"u8);
            json.WriteString("call"u8, call);
            json.WriteString("code"u8, code);
            json.WriteEndObject();
        }

        _request.Write("\n"u8);
        return Send(_request.WrittenSpan, WriteTimeout);
    }

    /// <summary>
    /// Lets it go on after a display or a sync; an ack counts for all numbers below, too. Never waits: what the kernel
    /// does not take now is sent later, see <see cref="IsAckOwed"/>.
    /// </summary>
    public void SendAck(long number)
    {
        _ack = number;
        SendOwedAck();
    }

    /// <summary>True while an ack waits for the kernel to read.</summary>
    public bool IsAckOwed => _ack is not null;

    /// <summary>Tries again to send the ack that the kernel did not take.</summary>
    public void SendOwedAck()
    {
        if (_ack is not { } number)
        {
            return;
        }

        _request.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_request))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "ack"u8);
            json.WriteNumber("n"u8, number);
            json.WriteEndObject();
        }

        _request.Write("\n"u8);
        // So short a line is taken as a whole or not at all.
        if (Send(_request.WrittenSpan, milliseconds: 0))
        {
            _ack = null;
        }
    }

    public void CloseControl()
    {
        Descriptors.Close(Control);
        Control = -1;
    }

    public void Dispose()
    {
        CloseControl();
        Stdout.Close();
        Stderr.Close();
    }

    private bool Send(ReadOnlySpan<byte> bytes, int milliseconds) =>
        Control >= 0 && Descriptors.WriteWithin(Control, bytes, milliseconds);
}
