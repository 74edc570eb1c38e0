namespace SandboxOperator.Sandboxes;

/// <summary>One aspect of the state of a session or a pool, as its object in the cluster says it.</summary>
/// <param name="Type">What it is about, for example <c>Ready</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">Why, in one word.</param>
/// <param name="Message">Why, in a sentence; may be empty.</param>
/// <param name="IsWell">Whether all is well; null when nobody knows, or when one only has to wait.</param>
public sealed record SandboxCondition(string Type, string Status, string Reason, string Message, bool? IsWell);
