using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Streaming;

/// <summary>
/// The live events of one run in this process. Listeners get what is published after they joined; nothing is kept for
/// those who come later. A listener that does not keep up loses its stream, never the run its pace.
/// </summary>
internal sealed class RunStream
{
    private readonly Lock _lock = new();
    private RunListener[] _listeners = [];

    /// <summary>Whether anyone listens; what would only be published need not be built when nobody does.</summary>
    public bool HasListeners => Volatile.Read(ref _listeners).Length > 0;

    /// <summary>Joins the stream; disposing the listener leaves it.</summary>
    public RunListener Listen()
    {
        var listener = new RunListener(this);
        lock (_lock)
        {
            Volatile.Write(ref _listeners, [.. _listeners, listener]);
        }

        return listener;
    }

    /// <summary>Sends an event to everyone who listens; the data is only written when someone does.</summary>
    public void Publish(string name, Action<Utf8JsonWriter> write)
    {
        if (HasListeners)
        {
            Publish(new RunEvent(name, WireJson.Bytes(write)));
        }
    }

    /// <summary>Sends an event to everyone who listens.</summary>
    public void Publish(RunEvent item)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            listener.Offer(item);
        }
    }

    /// <summary>Ends the stream of everyone who listens; who joins later starts a new one.</summary>
    public void Complete()
    {
        RunListener[] listeners;
        lock (_lock)
        {
            listeners = _listeners;
            Volatile.Write(ref _listeners, []);
        }

        foreach (var listener in listeners)
        {
            listener.Complete();
        }
    }

    /// <summary>Ends the stream of everyone who listens with an <c>error</c> event.</summary>
    public void Break(string message)
    {
        Publish(RunEventNames.Error, writer => StreamError.Write(writer, message));
        Complete();
    }

    internal void Leave(RunListener listener)
    {
        lock (_lock)
        {
            Volatile.Write(ref _listeners, Array.FindAll(_listeners, other => other != listener));
        }
    }
}
