namespace SandboxOperator.Gateway.Ledger;

/// <summary>A line of a day's bill.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Project">The project.</param>
/// <param name="Item">What was spent on, such as <c>code interpreter</c> or <c>gpt-4o, input</c>.</param>
/// <param name="Quantity">How much of it: sessions' charges, or tokens.</param>
/// <param name="Nanos">Nano-dollars; what is known of it; null when no price is.</param>
internal sealed record CostLine(DateOnly Day, string Project, string Item, long Quantity, long? Nanos);
