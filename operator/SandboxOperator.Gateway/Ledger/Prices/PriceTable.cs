using System.Globalization;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.BuiltIn;

namespace SandboxOperator.Gateway.Ledger.Prices;

/// <summary>
/// What models cost: <c>Prices:Models:NAME:Input</c>, <c>…:CachedInput</c> and <c>…:Output</c>, in dollars per million
/// tokens. NAME is the upstream's name of the model; <c>*</c> stands for every model that is not named. A model without
/// a price costs an unknown amount, which is never guessed. The built-in model costs nothing.
/// </summary>
internal sealed class PriceTable
{
    public const string Section = "Prices";

    private const string Any = "*";
    private const decimal MaxDollars = 1_000_000;

    /// <summary>As charts write large and small numbers, too.</summary>
    private const NumberStyles Number = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly Dictionary<string, ModelPrice> _prices = new(StringComparer.OrdinalIgnoreCase)
    {
        [PythonModel.Name] = ModelPrice.Free,
    };

    /// <exception cref="OptionsValidationException">Names the setting at fault.</exception>
    public PriceTable(IConfiguration configuration)
    {
        // Names may hold colons, which configuration takes for levels: the last level is what the price is for.
        var settings = configuration
            .GetSection($"{Section}:Models")
            .AsEnumerable(makePathsRelative: true)
            .Where(pair => !string.IsNullOrEmpty(pair.Value));
        foreach (var model in settings.GroupBy(pair => NameOf(pair.Key), StringComparer.OrdinalIgnoreCase))
        {
            _prices[model.Key] = Read(
                model.Key,
                model.ToDictionary(
                    pair => pair.Key[(pair.Key.LastIndexOf(':') + 1)..],
                    pair => pair.Value!,
                    StringComparer.OrdinalIgnoreCase
                )
            );
        }
    }

    /// <summary>What a model costs; null when nobody has said.</summary>
    /// <param name="model">Its name at the upstream.</param>
    public ModelPrice? Find(string model) =>
        _prices.TryGetValue(model, out var price) || _prices.TryGetValue(Any, out price) ? price : null;

    private static ModelPrice Read(string model, Dictionary<string, string> values)
    {
        var unknown = values.Keys.FirstOrDefault(key =>
            !key.Equals("Input", StringComparison.OrdinalIgnoreCase)
            && !key.Equals("CachedInput", StringComparison.OrdinalIgnoreCase)
            && !key.Equals("Output", StringComparison.OrdinalIgnoreCase)
        );
        if (unknown is not null)
        {
            throw Invalid($"{model}:{unknown}", "is not known: a price has Input, CachedInput and Output.");
        }

        var input = Dollars(model, values, "Input") ?? throw Invalid($"{model}:Input", "is missing.");
        var output = Dollars(model, values, "Output") ?? throw Invalid($"{model}:Output", "is missing.");
        return new ModelPrice(input, Dollars(model, values, "CachedInput") ?? input, output);
    }

    private static decimal? Dollars(string model, Dictionary<string, string> values, string name)
    {
        if (!values.TryGetValue(name, out var text))
        {
            return null;
        }

        return decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out var dollars) && dollars <= MaxDollars
            ? dollars
            : throw Invalid($"{model}:{name}", $"must be dollars per million tokens, not '{text}'.");
    }

    private static string NameOf(string key) =>
        key.LastIndexOf(':') is > 0 and var colon
            ? key[..colon]
            : throw Invalid(key, "needs the parts Input and Output.");

    private static OptionsValidationException Invalid(string setting, string message) =>
        new(Section, typeof(PriceTable), [$"{Section}:Models:{setting} {message}"]);
}
