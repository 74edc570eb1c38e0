using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Ledger.Prices;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class PriceTableTests
{
    [Fact]
    public void A_model_has_its_own_price_or_that_of_all_others_or_none()
    {
        var table = Read(("m:Input", "1"), ("m:Output", "2"));
        table.Find("M").ShouldBe(new ModelPrice(1, 1, 2));
        table.Find("n").ShouldBeNull();
        table.Find("builtin/python").ShouldBe(ModelPrice.Free);
        Read(("*:Input", "0"), ("*:Output", "0")).Find("n").ShouldBe(ModelPrice.Free);
    }

    [Fact]
    public void Names_of_models_may_hold_colons_and_dots() =>
        Read(("llama3.1:8b:Input", "0.1"), ("llama3.1:8b:CachedInput", "0.05"), ("llama3.1:8b:Output", "0.3"))
            .Find("llama3.1:8b")
            .ShouldBe(new ModelPrice(0.1m, 0.05m, 0.3m));

    [Theory]
    [InlineData("m:Input", "1", "Prices:Models:m:Output is missing")]
    [InlineData("m:Output", "1", "Prices:Models:m:Input is missing")]
    [InlineData("m:Input", "cheap", "Prices:Models:m:Input must be dollars")]
    [InlineData("m:Input", "-1", "Prices:Models:m:Input must be dollars")]
    [InlineData("m:Outptu", "1", "Prices:Models:m:Outptu is not known")]
    [InlineData("m", "1", "Prices:Models:m needs")]
    public void What_makes_no_sense_is_refused_by_name(string key, string value, string message) =>
        Should.Throw<OptionsValidationException>(() => Read((key, value))).Message.ShouldContain(message);

    [Property]
    public void Tokens_cost_what_their_parts_cost(NonNegativeInt input, NonNegativeInt cached, NonNegativeInt output)
    {
        var cost = new ModelPrice(0.15m, 0.0375m, 0.6m).Of(input.Get, cached.Get, output.Get);
        var fromCache = Math.Min(input.Get, cached.Get);
        // A dollar per million is a thousand nano-dollars a token.
        cost.Input.ShouldBe((input.Get - fromCache) * 150L);
        ((double)cost.CachedInput).ShouldBe(fromCache * 37.5, tolerance: 0.6);
        cost.Output.ShouldBe(output.Get * 600L);
        cost.Total.ShouldBe(cost.Input + cost.CachedInput + cost.Output);
    }

    private static PriceTable Read(params (string Key, string Value)[] prices) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    prices.Select(price => KeyValuePair.Create($"Prices:Models:{price.Key}", (string?)price.Value))
                )
                .Build()
        );
}
