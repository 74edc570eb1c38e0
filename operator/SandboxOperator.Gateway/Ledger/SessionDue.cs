using System.Runtime.InteropServices;
using SandboxOperator.Gateway.RunLoop;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What a session owes.</summary>
/// <param name="Changes">For the transaction that stores what made it due.</param>
/// <param name="PaidPeriod">The newest period that is then charged.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SessionDue(IReadOnlyList<JournalChange> Changes, int? PaidPeriod);
