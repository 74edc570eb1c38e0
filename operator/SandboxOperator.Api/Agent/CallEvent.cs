using System.Text.Json.Serialization;

namespace SandboxOperator.Api.Agent;

/// <summary>
/// One line of the NDJSON stream that answers <c>POST /calls</c>. The stream starts with <see cref="CallStarted"/>
/// and ends with <see cref="CallDone"/>; a stream that ends without it was cut, and the same request again replays it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CallStarted), "started")]
[JsonDerivedType(typeof(CallOutput), "output")]
[JsonDerivedType(typeof(CallDisplay), "display")]
[JsonDerivedType(typeof(CallError), "error")]
[JsonDerivedType(typeof(CallFiles), "files")]
[JsonDerivedType(typeof(CallHeartbeat), "heartbeat")]
[JsonDerivedType(typeof(CallDone), "done")]
public abstract record CallEvent;
