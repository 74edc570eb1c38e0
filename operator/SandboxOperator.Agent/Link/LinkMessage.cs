using System.Text.Json.Serialization;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Link;

/// <summary>
/// One line between the agent (<c>serve</c>, outside) and <c>init</c> (inside the sandbox). Neither side believes the
/// other: lines are bounded, and a line that is not one of these ends the connection.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Interrupt), "interrupt")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Output), "output")]
[JsonDerivedType(typeof(Display), "display")]
[JsonDerivedType(typeof(Error), "error")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Lost), "lost")]
internal abstract record LinkMessage
{
    /// <summary>The version that <see cref="Hello"/> names; another one is refused.</summary>
    public const int ProtocolVersion = 2;

    /// <summary>Agent to init: run this code. Sent only while no call runs.</summary>
    internal sealed record Run(string Call, string Code, long TimeoutMs) : LinkMessage;

    /// <summary>Agent to init: SIGINT to the kernel, SIGKILL when that does not help.</summary>
    internal sealed record Interrupt(string Call) : LinkMessage;

    /// <summary>Init to agent, the first line of a connection.</summary>
    internal sealed record Hello(
        int Version,
        IReadOnlyList<LimitStatus> Limits,
        IReadOnlyList<IsolationCheck> Isolation
    ) : LinkMessage;

    /// <summary>Init to agent: a kernel is up.</summary>
    internal sealed record Ready : LinkMessage;

    /// <summary>
    /// Init to agent: the call is not soon over. Until this, or anything else of the call, has come, whoever waits for the
    /// call need not be woken.
    /// </summary>
    internal sealed record Running(string Call) : LinkMessage;

    /// <summary>
    /// Init to agent: text of the call's <c>stdout</c> or <c>stderr</c>. Before it, so many bytes of the stream were left
    /// out because the call printed more than init passes on.
    /// </summary>
    internal sealed record Output(string Call, string Stream, string Text, long OmittedBytes = 0) : LinkMessage;

    /// <summary>Init to agent: MIME type to content, pictures as base64.</summary>
    internal sealed record Display(string Call, bool IsResult, IReadOnlyDictionary<string, string> Data) : LinkMessage;

    /// <summary>Init to agent: the exception that ended the cell.</summary>
    internal sealed record Error(string Call, string Name, string Value, string Traceback) : LinkMessage;

    /// <summary>Init to agent: the call has ended; the status is one of <see cref="CallStatuses"/>.</summary>
    internal sealed record Done(
        string Call,
        string Status,
        string? Message = null,
        bool StateLost = false,
        double DurationMs = 0
    ) : LinkMessage;

    /// <summary>Init to agent: the kernel died between calls, for this reason; <see cref="Ready"/> follows.</summary>
    internal sealed record Lost(string Message) : LinkMessage;
}
