# Runs each file of tests/ on its own and writes a report in JUnit's format.
failed=0
mkdir -p build
{
  echo '<testsuite name="words">'
  for test in tests/*.sh; do
    if sh "$test"; then
      echo "<testcase file=\"$test\" name=\"holds\"/>"
    else
      failed=1
      echo "<testcase file=\"$test\" name=\"holds\"><failure message=\"it does not\"/></testcase>"
    fi
  done
  echo '</testsuite>'
} >build/report.xml
exit $failed
