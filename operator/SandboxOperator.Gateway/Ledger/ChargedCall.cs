using System.Runtime.InteropServices;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>A call and the session it is in.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChargedCall(string CallId, int Ordinal, long SessionStartedAtMs);
