package dev.winnow.app;

import dev.winnow.checkpoint.Budget;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Limits of money and tokens, the same for every command that takes them. */
final class BudgetOptions {

  @Option(
      names = "--budget",
      paramLabel = "USD",
      converter = ConvertDollars.class,
      description = "What the run may cost, in US dollars; then it ends with what it has.")
  private @Nullable Long cost;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      converter = ConvertTokens.class,
      description = "Tokens that the run may use, input and output.")
  private @Nullable Long tokens;

  @Option(
      names = "--candidate-budget",
      paramLabel = "USD",
      converter = ConvertDollars.class,
      description = "What each candidate may cost.")
  private @Nullable Long candidateCost;

  @Option(
      names = "--candidate-token-budget",
      paramLabel = "N",
      converter = ConvertTokens.class,
      description = "Tokens that each candidate may use.")
  private @Nullable Long candidateTokens;

  /** Only what was given is set. */
  Budget budget() {
    return new Budget(cost, tokens, candidateCost, candidateTokens);
  }

  /** For picocli. */
  static final class ConvertDollars implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      String digits = value.strip().replaceFirst("^\\$", "");
      if (!digits.matches("\\d{1,9}(\\.\\d{1,6})?")) {
        throw new TypeConversionException(
            "'%s' is not an amount in US dollars such as 2.50".formatted(SafeText.line(value, 40)));
      }
      return new BigDecimal(digits).movePointRight(6).longValueExact();
    }
  }

  /** For picocli. */
  static final class ConvertTokens implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      String digits = value.strip().replace("_", "");
      if (!digits.matches("\\d{1,15}")) {
        throw new TypeConversionException(
            "'%s' is not a number of tokens".formatted(SafeText.line(value, 40)));
      }
      return Long.parseLong(digits);
    }
  }
}
